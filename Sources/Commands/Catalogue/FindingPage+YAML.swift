extension FindingPage {
  static let encoding = FindingPage(
    """
    A policy is text in UTF-8, and here are bytes that are not. Mostly the file was saved by an editor that writes Latin-1 or UTF-16.
    Braid does not guess: a name that was guessed wrongly matches no Pod.
    """,
    notes:
      "`file policy.yaml` tells what it might be, `iconv -f latin1 -t utf-8` converts it. A byte order mark is refused too: editors can save as UTF-8 without one."
  )

  static let controlCharacter = FindingPage(
    """
    The text contains a character that YAML forbids and no editor shows, such as U+0007 or U+0000. It came by a paste from a
    terminal or a broken download, and would make two names differ that look the same.
    """,
    notes: #"Where it is really meant, write it as an escape in double quotes: `"\u0007"`."#)

  static let syntax = FindingPage(
    """
    The text is no YAML from this place on, so that nothing behind it has been looked at. The place is where reading had to stop;
    the mistake may be a line or two above it: a quote, brace or bracket that was never closed, a line that is indented by one
    column too many or too few.
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
      Values need quotes if they contain `: ` or ` #`, or begin with one of `* & ! | > % @ [ {`. A pattern that begins with a star is the usual
      one: write `"*-db"`.
      """)

  static let tabIndentation = FindingPage(
    """
    YAML does not allow tabs in the indentation, since nobody can say how wide one is. Within braces and brackets tabs are fine.
    """,
    example: rules("  - name: everyone\n    attach:\n\t- network: pods", storage: false),
    mending: [("\t", "      ")],
    notes: "Let your editor insert spaces in `*.yaml`; `expand -t 2` mends a file that has many.")

  static let duplicateKey = FindingPage(
    """
    The same key stands twice in one mapping. Most YAML readers silently take the last one, so that half of what was written
    counts for nothing; here that could be a network, or a condition of a rule.
    """,
    example: rules(
      """
        - name: databases
          match: {namespaces: [db]}
          match: {pods: ["postgres-*"]}
          attach: [{network: pods}]
      """, storage: false),
    mending: [("    match: {namespaces: [db]}\n    match: {pods", "    match: {namespaces: [db], pods")],
    notes: "In `match` different keys must all hold. To accept one of several names, list them: `namespaces: [db, \"db-*\"]`.")

  static let emptyDocument = FindingPage(
    """
    The file holds nothing, or nothing but comments. It may have been truncated: a full disk and an interrupted copy leave such files.
    An empty policy would refuse every Pod, so it is told rather than taken.
    """,
    notes:
      "The least policy is `apiVersion: braid/v1`, `kind: Policy`, one network and one rule. In a directory remove the empty file."
  )

  static let severalDocuments = FindingPage(
    """
    A line `---` starts a second YAML document. Braid reads one per file; many tools would read the first and drop the rest without
    a word.
    """,
    example: rules("  - {name: everyone, attach: [{network: pods}]}", storage: false)
      + "---\napiVersion: braid/v1\nkind: Policy\n",
    mending: [("---\napiVersion: braid/v1\nkind: Policy\n", "")],
    notes:
      "To split a policy, make a directory of files: their networks, rules and requests are put together in the order of the files' names."
  )

  static let keyNotText = FindingPage(
    """
    The keys of a policy are names, and this one is a list or a mapping. It happens by accident where a bracket or a brace opens a key, as
    unresolved templates such as `{{ name }}:` do.
    """,
    example: networks("  [pods]: {chain: [{type: bridge}]}"),
    mending: [("[pods]:", "pods:")])

  static let mergeKey = FindingPage(
    """
    `<<` copies the keys of another mapping in YAML 1.1; YAML 1.2 has dropped it. Readers differ in which value wins if both have a
    key, so Braid refuses it.
    """,
    example: networks(
      """
        pods: &base
          chain: [{type: bridge}]
        more:
          <<: *base
      """, attach: ["pods", "more"]),
    mending: [("    <<: *base", "    chain: [{type: bridge}]"), ("pods: &base", "pods:")],
    notes: "Anchors and aliases are fine for whole values: `chain: &lan […]`, and `chain: *lan` in another network.")

  static let unsupportedTag = FindingPage(
    """
    A tag such as `!env` asks the reader of the YAML for a special treatment. Braid knows only the tags of YAML's own types. Tags of
    templating tools must have been resolved before the file gets to a node.
    """,
    example: networks("  pods: {chain: [{type: bridge, bridge: !env BRIDGE}]}"),
    mending: [("!env BRIDGE", "br-pods")])

  static let unknownAlias = FindingPage(
    """
    `*name` stands for the value that was marked `&name` earlier in the same file, and there is none. Either the name is misspelt,
    or no alias was meant: a pattern that begins with a star needs quotes.
    """,
    example: rules(
      """
        - name: backups
          match: {pods: [*backup]}
          attach: [{network: pods}]
        - {name: everyone, attach: [{network: pods}]}
      """, storage: false),
    mending: [("[*backup]", #"["*backup"]"#)],
    notes: "An alias can only follow its anchor, and cannot reach into another file.")

  static let cyclicAlias = FindingPage(
    """
    The alias stands inside the value that it stands for, which would be nested without end. Usually an anchor was put one level
    too high.
    """,
    example: networks("  pods: {chain: &c [{type: bridge, bridge: *c}]}"),
    mending: [("&c [", "["), ("*c", "br-pods")])

  static let aliasExpansion = FindingPage(
    """
    Written out, the aliases of the file would repeat more than 4 MiB of text. A few nested aliases can stand for billions of
    values, and an ADD that expands them takes all of the node's memory; so there is a limit.
    """,
    notes:
      "No real policy needs that many. Write the values out, or give the Pods one rule with a pattern instead of one rule each.")

  static let tooDeep = FindingPage(
    """
    Mappings and lists are nested more than 100 deep, which protects the reader's stack. The deepest part of a real policy, the
    ranges of an address plan, is about ten deep.
    """,
    notes: "Mostly brackets were repeated by accident, or the file is not a policy.")

  static let tagMismatch = FindingPage(
    """
    A tag such as `!!bool` or `!!int` says what type the value has, and the value cannot be that. In YAML 1.2 `yes`, `on` and `no`
    are ordinary words, not booleans.
    """,
    example: networks("  pods: {chain: [{type: bridge, isGateway: !!bool yes}]}"),
    mending: [("!!bool yes", "true")])

  static let surrogateEscape = FindingPage(
    #"""
    JSON writes characters above U+FFFF as two escapes, such as `"\ud83d\ude00"`; YAML has no such pairs and readers disagree about
    what the text then is. Files that a JSON library wrote in ASCII have them.
    """#,
    example: networks(#"  pods: {chain: [{type: bridge, args: {note: "\ud83d\ude00"}}]}"#),
    mending: [(#"\ud83d\ude00"#, #"\U0001F600"#)])

  static let ambiguousNumber = FindingPage(
    """
    YAML readers disagree about what this number is: `010` is eight to some, ten to others and a text to the rest. `.inf` and `.nan` do not
    exist in JSON, in which delegates get their configuration.
    """,
    example: networks("  pods: {chain: [{type: bridge, mtu: 01500}]}"),
    mending: [("01500", "1500")],
    notes: "If text is meant, such as a name of digits, quote it.")

  static let yamlVersion = FindingPage(
    """
    The line `%YAML` asks for a version that is read differently: to YAML 1.1 `yes` is true, `010` is eight and `12:30` is 750. Braid
    reads YAML 1.2 and would take these values for something else than their author did.
    """,
    example: "%YAML 1.1\n---\n" + rules("  - {name: everyone, attach: [{network: pods}]}", storage: false),
    mending: [("%YAML 1.1\n---\n", "")])
}
