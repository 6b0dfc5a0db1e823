/// A released version of the CNI specification.
package enum SpecVersion: String, CaseIterable, Comparable, Sendable, CustomStringConvertible {
  case v0_1_0 = "0.1.0"
  case v0_2_0 = "0.2.0"
  case v0_3_0 = "0.3.0"
  case v0_3_1 = "0.3.1"
  case v0_4_0 = "0.4.0"
  case v1_0_0 = "1.0.0"
  case v1_1_0 = "1.1.0"

  /// The newest version that we speak.
  package static var newest: SpecVersion { .v1_1_0 }

  package static func < (a: SpecVersion, b: SpecVersion) -> Bool { a.order < b.order }

  private var order: Int {
    switch self {
    case .v0_1_0: 0
    case .v0_2_0: 1
    case .v0_3_0: 2
    case .v0_3_1: 3
    case .v0_4_0: 4
    case .v1_0_0: 5
    case .v1_1_0: 6
    }
  }

  package var description: String { rawValue }

  /// Whether results of this version list interfaces (0.3.0) instead of one address per family.
  package var hasInterfaces: Bool { self >= .v0_3_0 }
  /// Whether CHECK and prevResult on DEL exist (0.4.0).
  package var hasCheck: Bool { self >= .v0_4_0 }
  /// Whether GC, STATUS and the richer routes and interfaces exist (1.1.0).
  package var hasGarbageCollection: Bool { self >= .v1_1_0 }
}
