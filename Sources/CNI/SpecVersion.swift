/// A released version of the CNI specification.
package enum SpecVersion: String, CaseIterable, Comparable, Sendable, CustomStringConvertible {
  case v010 = "0.1.0"
  case v020 = "0.2.0"
  case v030 = "0.3.0"
  case v031 = "0.3.1"
  case v040 = "0.4.0"
  case v100 = "1.0.0"
  case v110 = "1.1.0"

  /// The newest version that Braid knows.
  package static var newest: SpecVersion { .v110 }

  package static func < (a: SpecVersion, b: SpecVersion) -> Bool { a.order < b.order }

  private var order: Int {
    switch self {
    case .v010: 0
    case .v020: 1
    case .v030: 2
    case .v031: 3
    case .v040: 4
    case .v100: 5
    case .v110: 6
    }
  }

  package var description: String { rawValue }

  /// Whether results of this version list interfaces (0.3.0) instead of one address per family.
  package var hasInterfaces: Bool { self >= .v030 }
  /// Whether CHECK and prevResult on DEL exist (0.4.0).
  package var hasCheck: Bool { self >= .v040 }
  /// Whether GC, STATUS and the richer routes and interfaces exist (1.1.0).
  package var hasGarbageCollection: Bool { self >= .v110 }
}
