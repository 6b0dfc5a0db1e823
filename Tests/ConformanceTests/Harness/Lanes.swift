import Foundation

/// Threads on which the table's cases run. There are more of them than processors, because cases mostly wait for processes and the kernel.
final class Lanes: TaskExecutor {
  static let shared = Lanes()

  private let queue = OperationQueue()

  private init() { queue.maxConcurrentOperationCount = 8 }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.addOperation { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
