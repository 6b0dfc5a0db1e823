extension FindingPage {
  static let suppressionForm = FindingPage(
    """
    A comment begins with `braidctl:` and is not in the form that braidctl understands, so that it allows nothing. The
    warning that it was to allow is still there, or will be as soon as it applies.
    """,
    example: hairpin("# braidctl: ignore BRD0208: our own build knows it"),
    mending: [("ignore", "allow")],
    notes: form)

  static let suppressionWithoutReason = FindingPage(
    """
    A comment allows a finding and does not say why. The reason is for whoever reads the policy next year, and must decide
    whether it still holds; without one the comment does not count.
    """,
    example: hairpin("# braidctl: allow BRD0208").replacing("hairpin: true", with: "hairpinMode: true"),
    mending: [("  # braidctl: allow BRD0208", "")],
    notes: form)

  static let unknownSuppressedCode = FindingPage(
    """
    A comment allows a finding that does not exist: its number is misspelt, or it belongs to another tool. The finding that was
    meant is not allowed.
    """,
    example: hairpin("# braidctl: allow BRD0280: our own build knows it").replacing("hairpin: true", with: "hairpinMode: true"),
    mending: [("  # braidctl: allow BRD0280: our own build knows it", "")],
    notes: "`braidctl explain --findings` lists all of them.")

  static let suppressedError = FindingPage(
    """
    A comment allows an error, or a finding about such comments. Errors refuse the policy on the node too, where no comment is
    looked at; so a comment cannot make them go away in review either.
    """,
    example: hairpin("# braidctl: allow BRD0303: the network comes later").replacing("hairpin: true", with: "hairpinMode: true"),
    mending: [("  # braidctl: allow BRD0303: the network comes later", "")])

  static let unusedSuppression = FindingPage(
    """
    A comment allows a finding that is not there. Perhaps it has been mended; perhaps the comment stands in the wrong line. Left
    in place it would hide the next finding of the kind, for a reason that was given for another.
    """,
    example: hairpin("# braidctl: allow BRD0208: our own build knows it").replacing("hairpin: true", with: "hairpinMode: true"),
    mending: [("  # braidctl: allow BRD0208: our own build knows it", "")],
    notes: form)

  private static let form = """
    At the end of a line, or in a line of its own above it: `# braidctl: allow BRD0208: the reason`. Several codes are parted by
    commas. `allow-file` in place of `allow` counts for the whole file.
    """

  private static func hairpin(_ comment: String) -> String {
    networks(
      """
        pods:
          chain:
            - type: bridge
              hairpin: true  \(comment)
      """)
  }
}
