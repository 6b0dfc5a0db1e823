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
      #expect(found == nil)
      try store.write(record, durable: durable)
      found = try store.read(record.attachment)
      let peeked = store.peek(record.attachment)
      #expect(found == record && peeked == record)
      let changed = try self.record(state: .undoing)
      try store.write(changed, durable: durable)
      found = try store.read(record.attachment)
      #expect(found == changed)
      // What still has to be undone stands apart: an ADD finds it without looking at every Pod.
      #expect(directory.list("state/records").isEmpty && directory.list("state/unfinished") == ["c1@eth0.json"])
      try store.remove(record.attachment)
      try store.remove(record.attachment)
      found = try store.read(record.attachment)
      #expect(found == nil && directory.list("state/records").isEmpty && directory.list("state/unfinished").isEmpty)
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
      #expect(found == complete && all == 1)
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
      do {
        _ = try store.read(attachment)
        Issue.record("no error")
      } catch EngineError.record(let error) { #expect(error.description.contains("/corrupt/c1@eth0.json")) }
      let found = try store.read(attachment)
      isSetAside = store.isSetAside(attachment)
      #expect(found == nil && isSetAside)
      #expect(try directory.read("state/corrupt/c1@eth0.json") == text)
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
