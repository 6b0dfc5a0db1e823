import PluginModel

/// The keys of a CNI configuration list and of a single configuration (CNI specification, section 1).
///
/// Braid ignores other keys, as every runtime does.
enum ConflistTable {
  static let list = Shape(
    id: "conflist", name: "a configuration list", doc: "A CNI configuration list, which a runtime loads from a .conflist file.",
    keys: named + [
      Key(
        name: "plugins", type: .list(.object(PolicyTable.chainEntry), atLeast: 1), isRequired: true,
        doc: "The plugins in their order, with their keys."),
      Key(
        name: "cniVersions", type: .list(.text(.policy(.specVersion)), atLeast: 0),
        doc: "All CNI versions that the list supports."),
      Key(name: "disableCheck", type: flag, doc: "Whether CHECK skips this network. Default: false."),
      Key(name: "disableGC", type: flag, doc: "Whether GC skips this network. Default: false."),
      Key(
        name: "loadOnlyInlinedPlugins", type: flag,
        doc: "Whether the runtime ignores plugins in files beside the list. Default: false."),
    ], isOpen: true)

  static let single = Shape(
    id: "conf", name: "a configuration", doc: "The CNI configuration of one plugin, which a runtime loads from a .conf file.",
    keys: named + PolicyTable.chainEntry.keys, isOpen: true)

  /// The keys that both have.
  private static let named = [
    Key(
      name: "cniVersion", type: .text(.policy(.specVersion)),
      doc: "The CNI version for the plugins. Default: `0.1.0`."),
    Key(name: "name", type: .text(.policy(.networkName)), isRequired: true, doc: "The network's name."),
  ]

  /// libcni also accepts the texts "true" and "false".
  private static let flag = ValueType.either([.boolean, .text(.value)])
}
