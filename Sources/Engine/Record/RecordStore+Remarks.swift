import CNI
import System

extension RecordStore {
  /// STATUS: what a person should look at in the state directory, although ADD succeeds.
  func remarks(in bootID: String) -> [String] {
    var remarks: [String] = []
    if isReplaced(in: bootID) {
      remarks.append(
        "the state directory \(path) is not the one that has the records of Pods of this boot: it was removed or moved away. "
          + "Put it back, or end these Pods: DEL takes what it can know without their records. The next boot, or removing "
          + "\(StateMark.path(of: path)), ends this notice")
    }
    let odd = oddFiles()
    if !odd.isEmpty {
      let shown = odd.prefix(8).joined(separator: ", ") + (odd.count > 8 ? ", and there are \(odd.count - 8) more" : "")
      remarks.append("not plain files, as they should be: \(shown)")
    }
    return remarks
  }
}
