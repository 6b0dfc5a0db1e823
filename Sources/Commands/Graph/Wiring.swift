/// Who gets which networks, and what of the node each of them stands on: what `braidctl graph` draws, in whatever format.
///
/// Texts are as the policy has them: each format makes them harmless in its own way.
struct Wiring: Equatable {
  /// One line over the picture.
  var title: String
  var owners: [Owner] = []
  var networks: [Segment] = []
  var devices: [Device] = []

  /// A Pod, or those of a rule, or those that may ask for networks.
  struct Owner: Equatable {
    let title: String
    let details: [String]
    var interfaces: [Interface]
  }

  /// One interface of an owner.
  struct Interface: Equatable {
    /// Nil where the Pod says the name when it asks for the network.
    let name: String?
    /// Its network, as an index in `networks`.
    let network: Int
    var notes: [String] = []
    /// Whether the Pod's default route leads, or may lead, out here.
    var hasDefaultRoute = false
    /// Whether it is there only when a Pod asks for it.
    var isOnRequest = false
  }

  /// A network: its name, chain and addresses.
  struct Segment: Equatable {
    let name: String
    let lines: [String]
    /// What it stands on, as an index in `devices`; nil where that is the plugin's own affair.
    let device: Int?
    /// Whether no rule gives it and nobody may ask for it.
    var isUnused = false
  }

  /// A link of the node.
  struct Device: Equatable {
    let name: String
    /// What networks use it as, each once.
    var roles: [String]
  }
}
