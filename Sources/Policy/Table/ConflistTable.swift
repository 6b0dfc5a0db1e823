import PluginModel

/// The keys of a CNI configuration list and of a single configuration (CNI specification, section 1).
///
/// Other keys are passed over, as every runtime does.
enum ConflistTable {
  static let list = Shape(
    id: "conflist", name: "a configuration list", doc: "A CNI configuration list: what a runtime loads from a .conflist file.",
    keys: named + [
      Key(
        name: "plugins", type: .list(.object(PolicyTable.chainEntry), atLeast: 1), isRequired: true,
        doc: "The plugins in their order, with the keys that they document."),
      Key(
        name: "cniVersions", type: .list(.text(.policy(.specVersion)), atLeast: 0),
        doc: "All CNI versions that the list may be called with."),
      Key(name: "disableCheck", type: flag, doc: "Whether CHECK passes this network over. Default: false."),
      Key(name: "disableGC", type: flag, doc: "Whether GC passes this network over. Default: false."),
      Key(
        name: "loadOnlyInlinedPlugins", type: flag, doc: "Whether plugins beside the list's own are left alone. Default: false."),
    ], isOpen: true)

  static let single = Shape(
    id: "conf", name: "a configuration", doc: "A CNI configuration of one plugin: what a runtime loads from a .conf file.",
    keys: named + PolicyTable.chainEntry.keys, isOpen: true)

  /// What both have.
  private static let named = [
    Key(
      name: "cniVersion", type: .text(.policy(.specVersion)),
      doc: "The CNI version that the plugins are called with. Default: `0.1.0`."),
    Key(name: "name", type: .text(.policy(.networkName)), isRequired: true, doc: "The network's name."),
  ]

  /// libcni takes the texts "true" and "false" too.
  private static let flag = ValueType.either([.boolean, .text(.value)])
}
