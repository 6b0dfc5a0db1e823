/// The plugins that run in Braid's own process: the one list of them. `braid` answers as the plugin when it is called by its name.
///
/// What Braid knows of them, what it does as one of them, the installer's links, the schema and the reference follow from here.
package enum BuiltInPlugin: String, Sendable, CaseIterable {
  case bridge
  case macvlan
  case ptp
  case loopback
  case hostLocal = "host-local"
  case `static`

  package var plugin: Plugin {
    switch self {
    case .bridge: .bridge
    case .macvlan: .macvlan
    case .ptp: .ptp
    case .loopback: .loopback
    case .hostLocal: .hostLocal
    case .static: .static
    }
  }
}
