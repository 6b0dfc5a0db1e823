import Foundation
import PluginModel
import TestSupport
import Testing

/// The list of built-in plugins, and everything that must agree with it.
@Suite struct BuiltInPluginTests {
  @Test(arguments: BuiltInPlugin.allCases) func isFound(_ own: BuiltInPlugin) throws {
    let plugin = try #require(Plugin.named(own.rawValue))
    #expect(plugin.type == own.rawValue && plugin.isBuiltIn && plugin.shape?.id == "plugin-\(own.rawValue)")
    #expect(own.plugin.type == own.rawValue)
    #expect((plugin.role == .ipam ? Plugin.ipams : Plugin.chain).contains { $0.type == own.rawValue })
    #expect(Plugin.mayBeIPAM(own.rawValue) == (plugin.role == .ipam))
  }

  @Test func nobodyElseIsBuiltIn() {
    #expect(Set(Plugin.all.filter(\.isBuiltIn).map(\.type)) == Set(BuiltInPlugin.allCases.map(\.rawValue)))
    #expect(Set(Plugin.all.map(\.type)).count == Plugin.all.count)
    #expect(Plugin.named("braid")?.isBuiltIn == true && !Plugin.all.contains { $0.type == "braid" })
    #expect(Plugin.named("nobody") == nil && Plugin.mayBeIPAM("nobody"))
  }

  /// Only plugins with an IPAM check the IPAM's configuration.
  @Test func callsIPAM() {
    for (type, mayCall) in [("bridge", true), ("macvlan", true), ("loopback", false), ("ptp", true), ("braid", false)] {
      #expect(Plugin.named(type)?.facts([:]).readsIPAM == mayCall, "\(type)")
    }
  }
}
