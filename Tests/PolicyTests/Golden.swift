import Foundation
import TestSupport

extension Golden {
  /// The directory of these tests.
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
}
