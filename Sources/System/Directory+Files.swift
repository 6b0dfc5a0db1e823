import Glibc

extension Directory {
  /// The name of a file until it takes the place of another one (`replace`). On file systems without unnamed files it also bears
  /// this name while it is written.
  package static func temporary(_ name: String) -> String { ".\(name).tmp" }

  /// The contents of a plain file; nil if there is no file of that name. Throws `SystemError.tooLarge` past `limit` bytes, and
  /// ELOOP for a symbolic link. Never waits: a FIFO without a writer counts as empty.
  package func read(_ name: String, limit: Int) throws(SystemError) -> [UInt8]? {
    let file: OwnedDescriptor
    do throws(SystemError) { file = try open(name, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY) } catch {
      if error.errno == .noSuchFileOrDirectory { return nil }
      throw error
    }
    return try BoundedFile.read(file, "\(path)/\(name)", limit: limit)
  }

  /// Makes a file with exactly that mode; false if the name is taken. The file is complete from the moment it has its name.
  ///
  /// A failure or a crash leaves either the whole file or nothing. On file systems without unnamed files (open(2), O_TMPFILE) a
  /// crash may also leave a file called `aside`, by default `temporary(name)`. With `durable` the file is on the disk before the
  /// call returns (fsync(2) of file and directory).
  package func createExclusive(
    _ name: String, contents: [UInt8], mode: UInt32, durable: Bool = false, aside: String? = nil
  ) throws(SystemError) -> Bool {
    let staged = try StagedFile.stage(name, in: self, contents: contents, mode: mode, durable: durable, aside: aside)
    guard try staged.publish() else { return false }
    if durable { try sync() }
    return true
  }

  /// Replaces a file, or makes it, in one step: a reader sees the old contents or the new ones, never a mixture.
  ///
  /// The caller must keep others from replacing the same name at the same time. A failure leaves nothing behind. The next
  /// `replace` or `remove` of the name removes what a killed process left. `durable` as in `createExclusive`.
  package func replace(_ name: String, contents: [UInt8], mode: UInt32, durable: Bool) throws(SystemError) {
    let staged = try StagedFile.stage(name, in: self, contents: contents, mode: mode, durable: durable)
    if try !staged.publish() { try staged.publishReplacing() }
    if durable { try sync() }
  }

  /// Makes an unnamed file of that size and drops it again. Throws the error that the next file would meet, such as a full disk.
  package func tryWriting(_ name: String, bytes: Int) throws(SystemError) {
    _ = try StagedFile.stage(name, in: self, contents: [UInt8](repeating: 0, count: bytes), mode: 0o600, durable: false)
  }

  /// Writes a small file in place, or makes it. After a crash the file may be half written, but there is never a second file
  /// beside it: use this for hints that may be wrong.
  ///
  /// The caller must keep others from writing the same name at the same time. Anything else than a plain file of that name is removed
  /// first: a link, a FIFO, a socket, a device or an empty directory.
  package func overwrite(_ name: String, contents: [UInt8], mode: UInt32) throws(SystemError) {
    do throws(SystemError) { return try overwritePlain(name, contents, mode) } catch {
      guard let kind = (try? status(name))??.kind, kind != .regular else { throw error }
      guard unlinkat(descriptor.rawValue, name, kind == .directory ? AT_REMOVEDIR : 0) == 0 else { throw error }
    }
    try overwritePlain(name, contents, mode)
  }

  private func overwritePlain(_ name: String, _ contents: [UInt8], _ mode: UInt32) throws(SystemError) {
    let file = try open(name, flags: O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, mode: mode)
    var status = stat()
    guard fstat(file.rawValue, &status) == 0 else { throw failure(.fstat, name) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .call(.openat, on: "\(path)/\(name)", .invalidArgument) }
    guard status.st_mode & 0o7777 == mode || fchmod(file.rawValue, mode) == 0 else { throw failure(.fchmod, name) }
    guard contents.withUnsafeBytes({ pwrite(file.rawValue, $0.baseAddress, $0.count, 0) }) == contents.count,
      ftruncate(file.rawValue, off_t(contents.count)) == 0
    else { throw failure(.write, name) }
  }

  /// Replaces a symbolic link, or makes it, in one step as `replace` does. A link holds a small text at the cost of one call to
  /// write it and one to read it.
  package func replaceLink(_ name: String, target: String) throws(SystemError) {
    if symlinkat(target, descriptor.rawValue, name) == 0 { return }
    guard errno == EEXIST else { throw failure(.symlinkat, name) }
    let temporary = Self.temporary(name)
    if symlinkat(target, descriptor.rawValue, temporary) != 0 {
      // A process that was killed before its rename left the temporary link.
      guard errno == EEXIST, unlinkat(descriptor.rawValue, temporary, 0) == 0,
        symlinkat(target, descriptor.rawValue, temporary) == 0
      else { throw failure(.symlinkat, name) }
    }
    guard renameat(descriptor.rawValue, temporary, descriptor.rawValue, name) == 0 else {
      let error = failure(.rename, name)
      _ = unlinkat(descriptor.rawValue, temporary, 0)
      throw error
    }
  }

  /// The text of a symbolic link, at most 4095 bytes; nil if the name is free or is no link.
  package func readLink(_ name: String) throws(SystemError) -> String? {
    let target = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer -> String? in
      guard let start = buffer.baseAddress else { return nil }
      let count = readlinkat(descriptor.rawValue, name, start, buffer.count)
      return count < 0 ? nil : String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }
    if target == nil, errno != ENOENT, errno != EINVAL { throw failure(.readlinkat, name) }
    return target
  }

  private func sync() throws(SystemError) {
    guard fsync(descriptor.rawValue) == 0 else { throw failure(.fsync, ".") }
  }
}
