extension FindingPage {
  static let suppressionForm = FindingPage(
    """
    The comment begins with `braidctl:`, but braidctl does not understand the rest, so the comment allows nothing. The warning
    that it was meant to allow is still reported.
    """,
    example: hairpin("# braidctl: ignore BRD0208: our own build knows it"),
    mending: [("ignore", "allow")],
    notes: form)

  static let suppressionWithoutReason = FindingPage(
    """
    The comment allows a finding and does not say why. Whoever reads the policy next year must decide whether the reason still
    holds. Without a reason, the comment does not count.
    """,
    example: hairpin("# braidctl: allow BRD0208").replacing("hairpin: true", with: "hairpinMode: true"),
    mending: [("  # braidctl: allow BRD0208", "")],
    notes: form)

  static let unknownSuppressedCode = FindingPage(
    """
    The comment allows a finding that does not exist: the number is misspelt, or it belongs to another tool. The finding that
    was meant is not allowed.
    """,
    example: hairpin("# braidctl: allow BRD0280: our own build knows it").replacing("hairpin: true", with: "hairpinMode: true"),
    mending: [("  # braidctl: allow BRD0280: our own build knows it", "")],
    notes: "`braidctl explain --findings` lists all codes.")

  static let suppressedError = FindingPage(
    """
    The comment allows an error, or a finding about such comments. On the node, Braid refuses a policy with an error and looks
    at no comment. So no comment can hide an error in a review either.
    """,
    example: hairpin("# braidctl: allow BRD0303: the network comes later").replacing("hairpin: true", with: "hairpinMode: true"),
    mending: [("  # braidctl: allow BRD0303: the network comes later", "")])

  static let unusedSuppression = FindingPage(
    """
    The comment allows a finding that is not there. Perhaps the policy has been mended, or the comment stands in the wrong
    line. If the comment stays, it may hide the next finding of this kind, and its reason was given for another one.
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
