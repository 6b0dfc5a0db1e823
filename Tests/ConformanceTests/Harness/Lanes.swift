import Foundation

/// Where the runs of the table wait for their processes and for the kernel: more of them at once than there are processors.
final class Lanes: TaskExecutor {
  static let shared = Lanes()

  private let queue = OperationQueue()

  private init() { queue.maxConcurrentOperationCount = 8 }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.addOperation { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
