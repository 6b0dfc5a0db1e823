import CNI
import JSON
import NetworkTypes
import Policy

/// A plan that no record can hold. A record that could not be read would leave the attachment behind for ever.
package struct PlanOverflow: Sendable, Equatable {
  package enum Problem: Sendable, Equatable {
    /// The configuration is nested too deep.
    case depth(Int, limit: Int)
    /// All configurations together have too many bytes. `part` is the share of the value at `key`.
    case size(Int, limit: Int, part: Int)
  }

  /// The delegate with the deepest or largest configuration.
  package let place: EngineError.DelegatePlace
  /// The annotation with the number of its element, or the place in the policy.
  package let source: String
  /// The deepest or largest value of the delegate's configuration.
  package let key: ConfigurationError.KeyPath
  package let problem: Problem
}

extension PlanOverflow {
  /// Nil if a record can hold the plan of the selection.
  init?(_ planned: [PlannedAttachment], of selected: [SelectedAttachment]) {
    let parts = Self.parts(planned, selected)
    if let deepest = parts.max(by: { $0.depth < $1.depth }) {
      let limit = RecordLimit.depth - RecordLimit.levelsAboveConfiguration
      if deepest.depth > limit {
        self.init(deepest, by: \.depth, .depth(deepest.depth, limit: limit))
        return
      }
    }
    // The values of CNI_ARGS stand in every attachment.
    let size = parts.reduce(0) { $0 + $1.size } + planned.reduce(0) { $0 + JSON.string($1.args.text).textLength }
    guard size > RecordLimit.planBytes, let largest = parts.max(by: { $0.size < $1.size }) else { return nil }
    let key = largest.heaviest(by: \.textLength)
    self.init(
      largest, by: \.textLength, .size(size, limit: RecordLimit.planBytes, part: key.value.textLength))
  }

  private init(_ part: Part, by measure: (JSON) -> Int, _ problem: Problem) {
    self.init(place: part.place, source: part.source, key: part.heaviest(by: measure).key, problem: problem)
  }

  /// One delegate of the plan.
  private struct Part {
    let place: EngineError.DelegatePlace
    let source: String
    let configuration: JSON
    let depth: Int
    let size: Int
    /// The keys that stand in `args.cni` because of the rule or the request.
    let arguments: JSONObject

    /// The value with most of the configuration's depth or size.
    func heaviest(by measure: (JSON) -> Int) -> (key: ConfigurationError.KeyPath, value: JSON) {
      var (steps, value) = ([ConfigurationError.KeyPath.Step](), configuration)
      while steps.count < 3, let members = value.object?.members,
        let next = members.max(by: { measure($0.value) < measure($1.value) })
      {
        // Several keys of about the same size are named by what holds them all.
        guard steps.isEmpty || 2 * measure(next.value) > measure(value) else { break }
        steps.append(.key(next.name))
        value = next.value
      }
      if steps.count > 2, steps[..<2] == [.key("args"), .key("cni")], case .key(let name) = steps[2], arguments[name] != nil {
        steps = [.key("cni-args"), steps[2]]
      }
      return (.init(steps), value)
    }
  }

  private static func parts(_ planned: [PlannedAttachment], _ selected: [SelectedAttachment]) -> [Part] {
    var requests = 0
    return zip(planned, selected).flatMap { attachment, selected in
      if case .request(.networks, _) = selected.origin { requests += 1 }
      return attachment.delegates.map { delegate in
        let configuration = JSON.object(delegate.configuration)
        return Part(
          place: attachment.place(delegate.type), source: selected.origin.source(element: requests), configuration: configuration,
          depth: configuration.depth, size: configuration.textLength, arguments: selected.options.arguments)
      }
    }
  }
}

extension SelectedAttachment.Origin {
  fileprivate func source(element: Int) -> String {
    switch self {
    case .rule(let span): span.description
    case .request(.networks, _): "\(RequestAnnotation.networks.rawValue), element \(element)"
    case .request(let annotation, _): annotation.rawValue
    }
  }
}
