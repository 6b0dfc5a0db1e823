import Foundation
import TestSupport

/// Answers that several threads fill in.
final class Results: @unchecked Sendable {
  private let lock = NSLock()
  private var answers: [Result<PluginAnswer, any Error>?]

  init(count: Int) { answers = Array(repeating: nil, count: count) }

  func set(_ i: Int, _ answer: Result<PluginAnswer, any Error>) { lock.withLock { answers[i] = answer } }

  func all() throws -> [PluginAnswer] { try lock.withLock { try answers.map { try $0!.get() } } }
}
