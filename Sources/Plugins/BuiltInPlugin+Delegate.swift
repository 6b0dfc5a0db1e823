import PluginModel

extension BuiltInPlugin {
  /// The plugin's implementation in this process.
  package var delegate: any Delegate {
    switch self {
    case .bridge: InterfaceDelegate<BridgePlugin>()
    case .macvlan: InterfaceDelegate<MacvlanPlugin>()
    case .ptp: InterfaceDelegate<PTPPlugin>()
    case .bandwidth: ChainedDelegate<BandwidthPlugin>()
    case .tuning: ChainedDelegate<TuningPlugin>()
    case .sbr: ChainedDelegate<SBRPlugin>()
    case .portmap: ChainedDelegate<PortmapPlugin>()
    case .loopback: LoopbackDelegate()
    case .hostLocal: HostLocalDelegate()
    case .static: StaticDelegate()
    }
  }

  /// The delegate of a type; nil for a type that is not built in.
  @Sendable package static func delegate(_ type: String) -> (any Delegate)? { BuiltInPlugin(rawValue: type)?.delegate }
}
