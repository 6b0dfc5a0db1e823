import Diagnostics
import NetworkTypes

extension Pod {
  /// The parts of the Pod's annotations that look like requests for networks but are not read, each as a sentence without a full stop.
  ///
  /// Empty for an annotation that cannot be read: that is an error of the ADD.
  package var annotationRemarks: [String] {
    var remarks: [String] = []
    let named = (try? requests()) ?? []
    for (i, request) in named.enumerated() {
      remarks += request.unreadKeys.map {
        "\(RequestAnnotation.networks.rawValue): network \(i + 1) (\(quoted(request.text))): \($0.description)"
      }
    }
    let replacement = (try? defaultNetworkRequest()) ?? nil
    remarks += (replacement?.unreadKeys ?? []).map { "\(RequestAnnotation.defaultNetwork.rawValue): \($0.description)" }
    for key in annotations.names {
      if let meant = RequestAnnotation.meant(by: key) {
        remarks.append("the annotation \(quoted(key)) is not read; did you mean \(quoted(meant.rawValue))?")
      }
    }
    return remarks
  }
}

extension RequestAnnotation {
  /// The annotation that a similar key is probably meant to be: without its domain, in another case, or with a few wrong letters.
  package static func meant(by key: String) -> RequestAnnotation? {
    guard RequestAnnotation(rawValue: key) == nil else { return nil }
    let parts = key.split(at: "/", maxSplits: 1)
    return allCases.first { annotation in
      let wanted = annotation.rawValue.split(at: "/")
      guard isClose(parts[parts.count - 1], to: wanted[1]) else { return false }
      return parts.count == 1 || isClose(parts[0], to: wanted[0])
    }
  }

  private static func isClose(_ word: String, to wanted: String) -> Bool {
    word == wanted || Suggestion.closest(to: word, among: [wanted]) != nil
  }
}
