extension FindingPage {
  static let encoding = FindingPage(
    """
    A policy is text in UTF-8, and this file has bytes that are not UTF-8. Usually an editor saved the file as Latin-1 or
    UTF-16. Braid does not guess the encoding: a name that was guessed wrongly matches no Pod.
    """,
    notes: """
      `file policy.yaml` shows which encoding it might be, and `iconv -f latin1 -t utf-8` converts it. Braid refuses a byte
      order mark too: save the file as UTF-8 without one.
      """)

  static let controlCharacter = FindingPage(
    """
    The text contains a character that YAML forbids and no editor shows, such as U+0007 or U+0000. Usually it was pasted from
    a terminal, or a download was broken. With such characters, two names can look the same and still differ.
    """,
    notes: #"""
      If you really mean the character, write it as an escape in double quotes: `"\u0007"`.
      """#)

  static let syntax = FindingPage(
    """
    From this place on, the text is not YAML. braidctl has not looked at anything after it. The mistake itself may be a line
    or two earlier: a quote, brace or bracket that was never closed, or a line that is indented by one column too many or too
    few.
    """,
    example: networks(
      """
        pods:
          chain:
            - type: bridge
              bridge: br: pods
      """),
    mending: [("br: pods", "br-pods")],
    notes: """
      A value needs quotes if it contains `: ` or ` #`, or begins with one of `* & ! | > % @ [ {`. Most often it is a pattern
      that begins with a star: write `"*-db"`.
      """)

  static let tabIndentation = FindingPage(
    """
    YAML does not allow tabs in the indentation, because programs disagree about the width of a tab. Tabs inside braces and
    brackets are allowed.
    """,
    example: rules("  - name: everyone\n    attach:\n\t- network: pods", storage: false),
    mending: [("\t", "      ")],
    notes: "Let your editor insert spaces in `*.yaml`. `expand -t 2` mends a file that has many tabs.")

  static let duplicateKey = FindingPage(
    """
    The same key stands twice in one mapping. Most YAML readers take the last one without a message, and the first one has no
    effect. In a policy, that could be a network, or a condition of a rule.
    """,
    example: rules(
      """
        - name: databases
          match: {namespaces: [db]}
          match: {pods: ["postgres-*"]}
          attach: [{network: pods}]
      """, storage: false),
    mending: [("    match: {namespaces: [db]}\n    match: {pods", "    match: {namespaces: [db], pods")],
    notes: """
      In `match`, different keys must all hold. To accept one of several names, list them: `namespaces: [db, "db-*"]`.
      """)

  static let emptyDocument = FindingPage(
    """
    The file is empty, or holds nothing but comments. Perhaps it was truncated: a full disk or an interrupted copy leaves such
    files. An empty policy would refuse every Pod, so Braid reports it instead of using it.
    """,
    notes: """
      The smallest policy has `apiVersion: braid/v1`, `kind: Policy`, one network and one rule. In a directory, remove the
      empty file.
      """)

  static let severalDocuments = FindingPage(
    """
    The line `---` starts a second YAML document. Braid reads one document per file. Many tools would read the first one and
    ignore the others without a message.
    """,
    example: rules("  - {name: everyone, attach: [{network: pods}]}", storage: false)
      + "---\napiVersion: braid/v1\nkind: Policy\n",
    mending: [("---\napiVersion: braid/v1\nkind: Policy\n", "")],
    notes: """
      To split a policy, make a directory of files. Braid puts their networks, rules and requests together, in the order of
      the files' names.
      """)

  static let keyNotText = FindingPage(
    """
    The keys of a policy are names, and this key is a list or a mapping. It happens by accident if a key begins with a bracket
    or a brace, for example in a template such as `{{ name }}:` that was not filled in.
    """,
    example: networks("  [pods]: {chain: [{type: bridge}]}"),
    mending: [("[pods]:", "pods:")])

  static let mergeKey = FindingPage(
    """
    In YAML 1.1, `<<` copies the keys of another mapping. YAML 1.2 no longer has it. Readers disagree about which value wins
    if both mappings have a key, so Braid refuses it.
    """,
    example: networks(
      """
        pods: &base
          chain: [{type: bridge}]
        more:
          <<: *base
      """, attach: ["pods", "more"]),
    mending: [("    <<: *base", "    chain: [{type: bridge}]"), ("pods: &base", "pods:")],
    notes: """
      You may use anchors and aliases for whole values: `chain: &lan […]`, and `chain: *lan` in another network.
      """)

  static let unsupportedTag = FindingPage(
    """
    A tag such as `!env` asks the reader of the YAML for a special treatment. Braid only knows the tags of YAML's own types.
    If a templating tool uses tags, it must replace them before the file reaches a node.
    """,
    example: networks("  pods: {chain: [{type: bridge, bridge: !env BRIDGE}]}"),
    mending: [("!env BRIDGE", "br-pods")])

  static let unknownAlias = FindingPage(
    """
    `*name` stands for the value that was marked `&name` earlier in the same file, and there is no such value. Either the name
    is misspelt, or no alias was meant: a pattern that begins with a star needs quotes.
    """,
    example: rules(
      """
        - name: backups
          match: {pods: [*backup]}
          attach: [{network: pods}]
        - {name: everyone, attach: [{network: pods}]}
      """, storage: false),
    mending: [("[*backup]", #"["*backup"]"#)],
    notes: "An alias must come after its anchor, and cannot refer to another file.")

  static let cyclicAlias = FindingPage(
    """
    The alias stands inside the very value that it refers to, so the value would be nested without end. Usually the anchor
    stands one level too high.
    """,
    example: networks("  pods: {chain: &c [{type: bridge, bridge: *c}]}"),
    mending: [("&c [", "["), ("*c", "br-pods")])

  static let aliasExpansion = FindingPage(
    """
    If the file's aliases were written out, they would repeat more than 4 MiB of text. A few nested aliases can stand for
    billions of values, and an ADD that expands them would use up the node's memory. So there is a limit.
    """,
    notes: """
      No real policy needs so many aliases. Write the values out, or replace many rules for single Pods by one rule with a
      pattern.
      """)

  static let tooDeep = FindingPage(
    """
    Mappings and lists are nested more than 100 deep. The limit protects the stack of the program that reads them. The deepest
    part of a real policy, the ranges of an address plan, is about ten deep.
    """,
    notes: "The usual cause is brackets that were repeated by accident, or a file that is not a policy.")

  static let tagMismatch = FindingPage(
    """
    A tag such as `!!bool` or `!!int` says which type the value has, and the value is not of that type. In YAML 1.2, `yes`,
    `on` and `no` are ordinary words, not booleans.
    """,
    example: networks("  pods: {chain: [{type: bridge, isGateway: !!bool yes}]}"),
    mending: [("!!bool yes", "true")])

  static let surrogateEscape = FindingPage(
    #"""
    JSON writes characters above U+FFFF as two escapes, such as `"\ud83d\ude00"`. YAML has no such pairs, and readers disagree
    about what they mean. Files that a JSON library wrote in ASCII contain them.
    """#,
    example: networks(#"  pods: {chain: [{type: bridge, args: {note: "\ud83d\ude00"}}]}"#),
    mending: [(#"\ud83d\ude00"#, #"\U0001F600"#)])

  static let ambiguousNumber = FindingPage(
    """
    YAML readers disagree about this number: `010` is eight for some, ten for others, and a text for the rest. `.inf` and
    `.nan` do not exist in JSON, and plugins get their configuration as JSON.
    """,
    example: networks("  pods: {chain: [{type: bridge, mtu: 01500}]}"),
    mending: [("01500", "1500")],
    notes: "If you mean a text, such as a name of digits, quote it.")

  static let yamlVersion = FindingPage(
    """
    The line `%YAML` asks for a version of YAML with other rules: in YAML 1.1, `yes` is true, `010` is eight and `12:30` is
    750. Braid reads YAML 1.2, and these values would mean something other than their author intended.
    """,
    example: "%YAML 1.1\n---\n" + rules("  - {name: everyone, attach: [{network: pods}]}", storage: false),
    mending: [("%YAML 1.1\n---\n", "")])
}
