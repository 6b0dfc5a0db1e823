import Glibc

extension Directory {
  /// What a file is called while `replace` puts it in another's place, and as long as it is written where the file system has
  /// no files without a name.
  package static func temporary(_ name: String) -> String { ".\(name).tmp" }

  /// The contents of a plain file; nil if there is none of that name. Throws `SystemError.tooLarge` past `limit` bytes, and
  /// ELOOP for a symbolic link.
  package func read(_ name: String, limit: Int) throws(SystemError) -> [UInt8]? {
    let file: OwnedDescriptor
    do throws(SystemError) { file = try open(name, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK) } catch {
      if error.errno == .noSuchFileOrDirectory { return nil }
      throw error
    }
    return try BoundedFile.read(file, "\(path)/\(name)", limit: limit)
  }

  /// Makes a file with exactly that mode, whole from the first moment that it has its name; false if there is one of that name.
  ///
  /// On failure, and after a crash of the process at any moment, there is either the file or nothing; where the file system has no files
  /// without a name, a crash may leave one called `aside`, by default `temporary(name)`. `durable` ones are on the disk before it returns
  /// (fsync(2) of file and directory).
  package func createExclusive(
    _ name: String, contents: [UInt8], mode: UInt32, durable: Bool = false, aside: String? = nil
  ) throws(SystemError) -> Bool {
    let staged = try StagedFile.stage(name, in: self, contents: contents, mode: mode, durable: durable, aside: aside)
    guard try staged.publish() else { return false }
    if durable { try sync() }
    return true
  }

  /// Puts a file in place in one step: a reader sees the old contents or the new ones, never a part.
  ///
  /// Callers keep others from replacing the same name at the same time. On failure nothing is left behind; what a process
  /// left that was killed is taken away by the next `replace` or `remove` of the name. `durable` as in `createExclusive`.
  package func replace(_ name: String, contents: [UInt8], mode: UInt32, durable: Bool) throws(SystemError) {
    let staged = try StagedFile.stage(name, in: self, contents: contents, mode: mode, durable: durable)
    if try !staged.publish() { try staged.publishReplacing() }
    if durable { try sync() }
  }

  /// Makes a file of that size and lets go of it before it has a name: throws what stands in the way of the next one.
  package func tryWriting(_ name: String, bytes: Int) throws(SystemError) {
    _ = try StagedFile.stage(name, in: self, contents: [UInt8](repeating: 0, count: bytes), mode: 0o600, durable: false)
  }

  /// Writes a small file where it is, and makes it if it is not there: for a hint that a crash may leave half written, but never beside
  /// another file. Callers keep others from writing the same name at the same time.
  package func overwrite(_ name: String, contents: [UInt8], mode: UInt32) throws(SystemError) {
    let file = try open(name, flags: O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, mode: mode)
    guard fchmod(file.rawValue, mode) == 0 else { throw failure(.fchmod, name) }
    guard contents.withUnsafeBytes({ pwrite(file.rawValue, $0.baseAddress, $0.count, 0) }) == contents.count,
      ftruncate(file.rawValue, off_t(contents.count)) == 0
    else { throw failure(.write, name) }
  }

  /// Puts a symbolic link in place, in one step as `replace` does: a small text, with one call to write it and one to read it.
  package func replaceLink(_ name: String, target: String) throws(SystemError) {
    if symlinkat(target, descriptor.rawValue, name) == 0 { return }
    guard errno == EEXIST else { throw failure(.symlinkat, name) }
    let temporary = Self.temporary(name)
    if symlinkat(target, descriptor.rawValue, temporary) != 0 {
      // Somebody was killed between the two calls.
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

  /// What a symbolic link holds, at most 4095 bytes; nil if there is none of that name, or it is no link.
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
