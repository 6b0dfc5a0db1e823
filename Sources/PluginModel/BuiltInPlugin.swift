/// The only list of the plugins that run in Braid's own process. The executable `braid` acts as one of them if it is called by
/// the plugin's name.
///
/// The delegates, the installer's links, the JSON Schema and the reference of plugins all come from this list.
package enum BuiltInPlugin: String, Sendable, CaseIterable {
  case bridge
  case macvlan
  case ptp
  case bandwidth
  case tuning
  case sbr
  case portmap
  case loopback
  case hostLocal = "host-local"
  case `static`

  package var plugin: Plugin {
    switch self {
    case .bridge: .bridge
    case .macvlan: .macvlan
    case .ptp: .ptp
    case .bandwidth: .bandwidth
    case .tuning: .tuning
    case .sbr: .sbr
    case .portmap: .portmap
    case .loopback: .loopback
    case .hostLocal: .hostLocal
    case .static: .static
    }
  }
}
