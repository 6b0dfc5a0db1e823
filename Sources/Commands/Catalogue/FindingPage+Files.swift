extension FindingPage {
  static let unreadable = FindingPage(
    """
    Braid could not open or read the file or directory that you named, or a file in that directory. The message contains the
    system's own reason. On a node, every ADD fails until this is mended: Braid never falls back to an older policy, or to no
    policy.
    """,
    notes: """
      Look for a misspelt path, a link that points nowhere, or a directory that lacks the x permission. On a node, the key
      `policy` of Braid's own configuration holds the path, and the runtime reads it as root. If only you cannot read the
      file, run braidctl as a user who can.
      """)

  static let fileTooLarge = FindingPage(
    """
    A policy has at most 16 MiB, all files of its directory together. Every ADD reads the policy anew, because a change must
    count at once. A larger file would make every Pod wait, and a file without an end, such as a device, would hang the node.
    """,
    notes: """
      The usual cause is that the wrong file was named. If a generator lists every Pod, use patterns such as `db-*` or
      annotations: one line then says the same.
      """)

  static let noPolicyFiles = FindingPage(
    """
    If the policy is a directory, it consists of the files there that end in `.yaml`. This directory has none, or more than
    1000. Braid does not take an empty directory for a policy without rules: far more often a mount is missing, or the path is
    wrong.
    """,
    notes: """
      Braid does not read directories inside the directory. It ignores names that begin with a dot, because editors and
      Kubernetes use such names for files that are not complete yet.
      """)

  static let ignoredFile = FindingPage(
    """
    The directory holds a file that looks like a part of the policy but does not end in `.yaml`, so Braid does not read it.
    Its contents have no effect on a node. Somebody may believe that a rule in it is in force.

    Or something with such an ending is no file: a directory, a FIFO, a socket or a device. Braid ignores it too.
    """,
    notes: "Rename `more.yml` to `more.yaml`. If you keep a copy on purpose, keep it outside the directory.")

  static let severalPolicies = FindingPage(
    """
    Two files of the directory declare networks and rules of the same names. Braid takes the files of a directory for one policy,
    in which each name may occur once. Probably each file is a whole policy for another node. Braid shows no further findings,
    because they would all follow from this one.
    """,
    notes: """
      To check the policies of several nodes, name the files one by one: `braidctl validate nodes/*.yaml`. On a node, the key
      `policy` of Braid's own configuration names the one file for this node. If the files are meant as one policy, declare each
      network and each rule in one of them.
      """)
}
