extension Plugin {
  /// Its keys are not known here: releases differ.
  static let sriov = Plugin("sriov", .interface, capabilities: ["mac", "deviceID", "ips"])

  /// Its keys are not known here: releases differ.
  static let ibSRIOV = Plugin("ib-sriov", .interface, capabilities: ["infinibandGUID", "deviceID"])
}
