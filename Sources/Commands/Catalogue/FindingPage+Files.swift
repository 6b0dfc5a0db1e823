extension FindingPage {
  static let unreadable = FindingPage(
    """
    The file or directory that was named, or a file in that directory, could not be opened or read; the message has the system's
    own reason. On a node every ADD fails as long as it lasts: Braid never falls back to an older policy or to none.
    """,
    notes: """
      Look for a misspelt path, a link that points nowhere, a directory that lacks the x permission. On a node the path is the
      key `policy` of Braid's own configuration, and the runtime reads it as root: if only you cannot read it, run as a user who can.
      """)

  static let fileTooLarge = FindingPage(
    """
    A policy, with all files of its directory together, has at most 16 MiB. Every ADD reads the policy anew, so that a change
    counts at once; a file of that size would make every Pod wait, and one that never ends, such as a device, would hang the node.
    """,
    notes:
      "Mostly the wrong file was named. Where a generator lists every Pod, patterns such as `db-*` or annotations say the same in a line."
  )

  static let noPolicyFiles = FindingPage(
    """
    A directory is a policy made of its files that end in `.yaml`, and there is none, or there are more than 1000. An empty
    directory is not taken for a policy without rules: it is far more often a mount that is missing, or a wrong path.
    """,
    notes:
      "Files in directories below are not read. Names that begin with a dot are passed over, as editors and Kubernetes use them for files that are on their way."
  )

  static let ignoredFile = FindingPage(
    """
    The directory holds a file that looks as if it belonged to the policy, but does not end in `.yaml`, so that Braid does not read it.
    What it says has no effect on a node; a rule that somebody believes to be in force is not.
    """,
    notes: "Rename `more.yml` to `more.yaml`. Copies that are kept on purpose are better kept outside the directory.")
}
