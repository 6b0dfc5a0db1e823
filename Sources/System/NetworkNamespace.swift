import CLinux
import Glibc

/// An open network namespace. It can be entered, and named to the kernel (IFLA_NET_NS_FD).
package struct NetworkNamespace: ~Copyable, Sendable {
  package let path: String
  package let descriptor: OwnedDescriptor
  /// Device and inode. They are equal for two descriptors of the same namespace.
  package let identity: Identity

  package struct Identity: Hashable, Sendable {
    package let device: UInt64
    package let inode: UInt64

    package init(device: UInt64, inode: UInt64) { (self.device, self.inode) = (device, inode) }
  }

  /// Opens the namespace behind a path such as `/run/netns/x` or `/proc/1/ns/net`.
  ///
  /// Throws ENOENT if the path does not exist, and `notANetworkNamespace` for any other file: a runtime that has unmounted the
  /// namespace leaves an empty file.
  package init(path: String) throws(SystemError) {
    // O_NONBLOCK, because the path may lead to a FIFO, and a plain open would wait for its writer for ever.
    let descriptor = try OwnedDescriptor.open(path, flags: O_RDONLY | O_NONBLOCK)
    identity = try Self.identity(of: descriptor, path)
    self.path = path
    self.descriptor = descriptor
  }

  private static func identity(of descriptor: borrowing OwnedDescriptor, _ path: String) throws(SystemError) -> Identity {
    errno = 0
    guard clinux_is_network_namespace(descriptor.rawValue) == 1 else {
      let error = SystemError.call(.ioctl, on: path, Errno(rawValue: errno))
      // Other files answer ENOTTY, and namespaces of another kind answer with their kind. Only the errors below mean that the
      // kernel could not tell.
      let failures: [Errno] = [
        .ioError, .noMemory, .tooManyOpenFiles, .tooManyOpenFilesInSystem, .permissionDenied, .notPermitted,
      ]
      throw error.errno.map(failures.contains) ?? false ? error : .notANetworkNamespace(path)
    }
    var status = stat()
    guard fstat(descriptor.rawValue, &status) == 0 else { throw .call(.fstat, on: path, Errno(rawValue: errno)) }
    return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
  }

  /// The namespace that this thread is in.
  package static func current() throws(SystemError) -> NetworkNamespace {
    try NetworkNamespace(path: "/proc/thread-self/ns/net")
  }

  /// Runs `body` while nobody else has the namespace's lock, an flock(2) on the namespace itself: no file is made. The reference plugin
  /// `sbr` takes the same lock.
  ///
  /// Throws `SystemError.lockTimeout`: whoever can open the namespace, such as its own workload, can lock it.
  package borrowing func locked<T, E: Error>(
    waiting time: Duration, failure: (SystemError) -> E, _ body: () throws(E) -> T
  ) throws(E) -> T {
    do { try Flock.wait(descriptor, path, LOCK_EX, waiting: time) } catch { throw failure(error) }
    defer { _ = flock(descriptor.rawValue, LOCK_UN) }
    return try body()
  }

  /// Runs `body` inside the namespace and returns to `home` in every case. setns(2) moves one thread, and the plugin has only
  /// one.
  ///
  /// `failure` converts an error of setns(2) into the caller's error type. If there is no way back, the process ends: in the
  /// wrong namespace it would change another network.
  package borrowing func visit<T: ~Copyable, E: Error>(
    from home: borrowing NetworkNamespace, failure: (SystemError) -> E, _ body: () throws(E) -> T
  ) throws(E) -> T {
    let entered = clinux_setns_network(descriptor.rawValue)
    guard entered == 0 else { throw failure(.call(.setns, on: path, Errno(rawValue: -entered))) }
    defer {
      guard clinux_setns_network(home.descriptor.rawValue) == 0 else {
        fatalError("cannot return to the node's network namespace")
      }
    }
    return try body()
  }
}
