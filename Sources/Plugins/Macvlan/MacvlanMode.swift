import Netlink
import PluginModel

extension Macvlan.Mode {
  /// The kernel's name for a configured mode.
  init(_ mode: MacvlanConfiguration.Mode) {
    switch mode {
    case .bridge: self = .bridge
    case .private: self = .private
    case .vepa: self = .vepa
    case .passthru: self = .passthru
    }
  }
}
