extension Plugin {
  /// Braid does not list the keys because they differ between releases.
  static let sriov = Plugin("sriov", .interface, capabilities: ["mac", "deviceID", "ips"])

  /// Braid does not list the keys because they differ between releases.
  static let ibSRIOV = Plugin("ib-sriov", .interface, capabilities: ["infinibandGUID", "deviceID"])
}
