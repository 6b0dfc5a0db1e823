/// The content of a picture of `braidctl graph`, for all formats: who gets which networks, and which link of the node each network uses.
///
/// Texts come from the policy without a change. Each format escapes them in its own way.
struct Wiring: Equatable {
  /// One line over the picture.
  var title: String
  var owners: [Owner] = []
  var networks: [Segment] = []
  var devices: [Device] = []

  /// A Pod, the Pods of a rule, or the Pods that may ask for networks.
  struct Owner: Equatable {
    let title: String
    let details: [String]
    var interfaces: [Interface]
  }

  /// One interface of an owner.
  struct Interface: Equatable {
    /// Nil if the Pod chooses the name when it asks for the network.
    let name: String?
    /// Its network, as an index in `networks`.
    let network: Int
    var notes: [String] = []
    /// Whether the Pod's default route leads, or may lead, through this interface.
    var hasDefaultRoute = false
    /// Whether a Pod only gets the interface if it asks for it.
    var isOnRequest = false
  }

  /// A network: its name, chain and addresses.
  struct Segment: Equatable {
    let name: String
    let lines: [String]
    /// The link that it uses, as an index in `devices`. Nil if the plugin's configuration does not show it.
    let device: Int?
    /// Whether no rule attaches it and no Pod may ask for it.
    var isUnused = false
  }

  /// A link of the node.
  struct Device: Equatable {
    let name: String
    /// How networks use the link. Each use is listed once.
    var roles: [String]
  }
}
