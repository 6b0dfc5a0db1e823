import CNI
import Foundation
import JSON
import NetworkTypes
import System
import TestSupport
import Testing

@testable import Engine

@Suite struct RecordStoreTests {
  private func record(_ id: String = "c1", _ ifName: String = "eth0", state: Record.State = .complete) throws -> Record {
    Record(
      state: state, containerID: try ContainerID(id), ifName: name(ifName), configuration: "braid", netns: "/n",
      netnsIdentity: .init(device: 4, inode: 5), bootID: "b", path: [], plan: Plan(rule: "r", attachments: []), results: [],
      result: nil, failedUndo: state == .undoing ? FailedUndo(tries: 2, since: 1_700_000_000) : nil)
  }

  private func withStore(_ body: (borrowing RecordStore, TemporaryDirectory) throws -> Void) throws {
    try withTemporaryDirectory { directory in try body(RecordStore(directory["state"]), directory) }
  }

  @Test(arguments: [true, false]) func whatIsWrittenIsReadAndRemoved(_ durable: Bool) throws {
    try withStore { store, directory in
      let record = try record()
      var found = try store.read(record.attachment)
      #expect(found == .nothing)
      try store.write(record, durable: durable)
      found = try store.read(record.attachment)
      let peeked = store.peek(record.attachment)
      #expect(found == .record(record) && peeked == record)
      let changed = try self.record(state: .undoing)
      try store.write(changed, durable: durable)
      found = try store.read(record.attachment)
      #expect(found == .record(changed))
      // What still has to be undone stands apart: an ADD finds it without looking at every Pod.
      #expect(directory.list("state/records").isEmpty && directory.list("state/unfinished") == ["c1@eth0.json"])
      try store.remove(record.attachment)
      try store.remove(record.attachment)
      found = try store.read(record.attachment)
      #expect(found == .nothing && directory.list("state/records").isEmpty && directory.list("state/unfinished").isEmpty)
    }
  }

  @Test func theCompleteRecordCountsIfACrashLeftBoth() throws {
    try withStore { store, directory in
      let (pending, complete) = (try record(state: .pending), try record())
      try store.write(complete, durable: false)
      try store.write(pending, durable: false)
      #expect(directory.list("state/records").count == 1 && directory.list("state/unfinished").count == 1)
      let found = try store.read(complete.attachment)
      let all = try store.attachments().count
      #expect(found == .record(complete) && all == 1)
      try store.remove(complete.attachment)
      #expect(directory.list("state/records").isEmpty && directory.list("state/unfinished").isEmpty)
    }
  }

  @Test func whatWaitsForUndoIsFoundByItsAge() throws {
    try withStore { store, directory in
      for (id, age) in [("a", 200), ("b", 300), ("c", 10)] {
        try store.write(try record(id, state: .undoing), durable: false)
        let time = Date().addingTimeInterval(TimeInterval(-age))
        try FileManager.default.setAttributes(
          [.modificationDate: time], ofItemAtPath: directory["state/unfinished/\(id)@eth0.json"])
      }
      let waiting = try store.unfinished(untouchedFor: .seconds(60)).map(\.containerID)
      #expect(waiting == ["b", "a"])
    }
  }

  @Test func theFilesAreRootsAlone() throws {
    try withStore { store, directory in
      try store.write(try record(), durable: false)
      for (path, mode) in [
        ("state", 0o700), ("state/records", 0o700), ("state/records/c1@eth0.json", 0o600), ("state/lock", 0o600),
      ] {
        let found = try FileManager.default.attributesOfItem(atPath: directory[path])[.posixPermissions] as? Int
        #expect(found == mode, "\(path)")
      }
    }
  }

  @Test func aStateDirectoryThatOthersMayWriteToIsRefused() throws {
    try withTemporaryDirectory { directory in
      try FileManager.default.createDirectory(
        atPath: directory["state"], withIntermediateDirectories: false, attributes: [.posixPermissions: 0o777])
      chmod(directory["state"], 0o777)
      #expect(throws: SystemError.untrusted(directory["state"], owner: geteuid(), mode: 0o777)) {
        _ = try RecordStore(directory["state"])
      }
    }
  }

  @Test(arguments: ["", "{", "[]", #"{"apiVersion":"braid/record/v9"}"#, "\u{0}\u{0}"])
  func aRecordThatCannotBeReadIsReportedOnceAndSetAside(_ text: String) throws {
    try withStore { store, directory in
      let attachment = try record().attachment
      try directory.write("state/records/c1@eth0.json", text)
      let peeked = store.peek(attachment)
      var isSetAside = store.isSetAside(attachment)
      #expect(peeked == nil && !isSetAside)
      guard case .unreadable(let error) = try store.read(attachment) else {
        Issue.record("no error")
        return
      }
      #expect(error.description.contains("/records/c1@eth0.json"))
      let found = try store.read(attachment)
      isSetAside = store.isSetAside(attachment)
      #expect(found == .nothing && isSetAside)
      #expect(try directory.read("state/corrupt/c1@eth0.json") == text)
    }
  }

  /// Whatever stands in the place of a record, in either directory, is not opened for long, not followed and set aside.
  @Test(
    arguments: ["records", "unfinished"],
    ["mkdir F", "mkdir F; touch F/x", "ln -s /etc/passwd F", "ln -s /nowhere F", "mkfifo F", "truncate -s 1T F"])
  func whatIsNoRecordIsSetAside(_ part: String, _ deed: String) throws {
    try withStore { store, directory in
      let attachment = try record().attachment
      let file = directory["state/\(part)/c1@eth0.json"]
      try Command("sh", "-c", deed.replacingOccurrences(of: "F", with: file)).require()
      guard case .unreadable(let error) = try store.read(attachment) else {
        Issue.record("no error")
        return
      }
      let isTooLarge = if case .tooLarge = error { true } else { false }
      #expect(isTooLarge == deed.hasPrefix("truncate"), "\(error)")
      #expect(error.description.contains("/\(part)/c1@eth0.json"))
      let found = try store.read(attachment)
      let isSetAside = store.isSetAside(attachment)
      #expect(found == .nothing && isSetAside && directory.list("state/\(part)").isEmpty)
      // The next record of the attachment has its place.
      try store.write(try record(), durable: false)
      let left = try store.remove(attachment)
      #expect(left == [])
    }
  }

  /// A torn record beside a whole one, as an older Braid may leave them: the whole one counts.
  @Test func theReadableOneOfTwoCounts() throws {
    try withStore { store, directory in
      let pending = try record(state: .pending)
      try store.write(pending, durable: false)
      try directory.write("state/records/c1@eth0.json", "{")
      let found = try store.read(pending.attachment)
      #expect(found == .record(pending) && directory.list("state/corrupt") == ["c1@eth0.json"])
    }
  }

  @Test func theRecordsThatAreSetAsideAreBounded() throws {
    try withStore { store, directory in
      for i in 0..<100 {
        try directory.write("state/records/c\(i)@eth0.json", "{")
        _ = try store.read(Attachment(containerID: "c\(i)", ifName: "eth0"))
      }
      let kept = Set(directory.list("state/corrupt"))
      #expect(kept.count == CorruptRecords.maximumCount)
      // Those that were set aside last are kept. The file system's clock may be coarse.
      #expect((80..<100).allSatisfy { kept.contains("c\($0)@eth0.json") }, "\(kept)")
      // The sizes are bounded as well.
      for i in 0..<4 {
        try Command("truncate", "-s", "60M", directory["state/records/big\(i)@eth0.json"]).require()
        _ = try store.read(Attachment(containerID: "big\(i)", ifName: "eth0"))
      }
      let sizes = try Command("sh", "-c", "stat -c %s \(directory["state/corrupt"])/*").require().split(separator: "\n")
      #expect(sizes.compactMap { Int($0) }.reduce(0, +) <= CorruptRecords.maximumBytes + (60 << 20))
    }
  }

  @Test(.needsRoot, .needs(program: "chattr")) func aFileThatNobodyCanRemoveIsNamed() throws {
    try withStore { store, directory in
      let attachment = try record().attachment
      try store.write(try record(), durable: false)
      let file = directory["state/records/c1@eth0.json"]
      guard try Command("chattr", "+i", file).run().succeeded else { return }
      defer { _ = try? Command("chattr", "-i", file).run() }
      let left = try store.remove(attachment)
      #expect(left == [file])
    }
  }

  // MARK: - The directory itself

  @Test func aReplacedDirectoryIsTold() throws {
    try withStore { store, directory in
      store.note(.whole, of: "one")
      var isReplaced = store.isReplaced(in: "one")
      #expect(!isReplaced)
      // A copy that keeps times is the same directory; another one is not.
      try Command("cp", "-a", directory["state"], directory["copy"]).require()
      try Command("mv", directory["state"], directory["elsewhere"]).require()
      let other = try RecordStore(directory["state"])
      isReplaced = other.isReplaced(in: "one")
      let remarks = other.remarks(in: "one")
      #expect(isReplaced && remarks.count == 1 && remarks.allSatisfy { $0.contains(directory["state"]) })
      // An ADD in the new directory does not end that. The next boot does.
      other.note(.whole, of: "one")
      let isReplacedStill = other.isReplaced(in: "one")
      #expect(isReplacedStill)
      try Command("sh", "-c", "rm -r \(directory["state"]) && mv \(directory["copy"]) \(directory["state"])").require()
      let copy = try RecordStore(directory["state"])
      isReplaced = copy.isReplaced(in: "one")
      #expect(!isReplaced)
      let third = try RecordStore(directory["state"])
      third.note(.whole, of: "two")
      let later = (third.isReplaced(in: "one"), third.isReplaced(in: "two"))
      #expect(later == (false, false))
    }
  }

  @Test func oddFilesAreTold() throws {
    try withStore { store, directory in
      try store.write(try record(), durable: false)
      let none = store.remarks(in: "one")
      #expect(none == [])
      for path in ["records/c2@eth0.json", "unfinished/c3@eth0.json", "boot", "records/lost+found"] {
        mkdir(directory["state/\(path)"], 0o700)
      }
      let remarks = store.remarks(in: "one")
      #expect(remarks.count == 1)
      for path in ["records/c2@eth0.json", "unfinished/c3@eth0.json", "boot"] {
        #expect(remarks[0].contains("\(path) (a directory)"), "\(remarks)")
      }
      // The first of these heals.
      store.note(.whole, of: "one")
      let settlement = store.settlement(of: "one")
      #expect(settlement == .whole)
    }
  }

  @Test func allAttachmentsAreListedOnceWithWhatACrashLeft() throws {
    try withStore { store, directory in
      try store.write(try record("a"), durable: false)
      try store.write(try record("a", "net1"), durable: false)
      for name in [".a@eth0.json.tmp", ".b@eth0.json.tmp", "notes.txt", "@eth0.json", "a@.json", ".hidden"] {
        try directory.write("state/records/\(name)", "")
      }
      let found = try store.attachments().map { "\($0.containerID) \($0.ifName)" }
      #expect(found.sorted() == ["a eth0", "a net1", "b eth0"])
      try store.remove(Attachment(containerID: "b", ifName: "eth0"))
      let left = try store.attachments().count
      #expect(left == 2)
    }
  }

  @Test func aBootIsSettledOnce() throws {
    try withStore { store, _ in
      let boots = ["one", "two", "", "another"]
      var settled = boots.map { store.settlement(of: $0) }
      #expect(settled == [nil, nil, nil, nil])
      store.note(.withLivingPods, of: "one")
      settled = boots.map { store.settlement(of: $0) }
      #expect(settled == [.withLivingPods, nil, nil, nil])
      store.note(.whole, of: "another")
      settled = boots.map { store.settlement(of: $0) }
      #expect(settled == [nil, nil, nil, .whole])
    }
  }

  @Test func anAttachmentIsLockedForOthers() throws {
    try withStore { store, directory in
      let attachment = try record().attachment
      let lock = try store.lock(attachment, waiting: .zero)
      defer { _ = lock }
      // The lock belongs to a process, so another process has to try.
      let script = """
        import fcntl, struct, sys
        lock = struct.pack('hhqqi', fcntl.F_WRLCK, 0, int(sys.argv[2]), 1, 0)
        print(struct.unpack('hhqqi', fcntl.fcntl(open(sys.argv[1], 'r+'), fcntl.F_GETLK, lock))[0] == fcntl.F_WRLCK)
        """
      for (key, isHeld) in [(attachment, true), (Attachment(containerID: "c1", ifName: "net1"), false)] {
        let answer = try Command("python3", "-c", script, directory["state/lock"], "\(key.hash)").require()
        #expect(answer == (isHeld ? "True\n" : "False\n"))
      }
    }
  }

  @Test func groupsOfLinksAreNeverTheGroupOfAll() throws {
    for i in 0..<1000 {
      let group = Attachment(containerID: "c\(i)", ifName: "eth0").linkGroup
      #expect(group >= 0x4000_0000 && group <= 0x7fff_ffff)
    }
  }
}
