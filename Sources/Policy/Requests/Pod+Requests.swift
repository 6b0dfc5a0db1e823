extension Pod {
  /// What the Pod asks for beside the attachments of its rule.
  func requests() throws(SelectionError) -> [NetworkRequest] {
    try parsed(.networks) { (text) throws(RequestSyntaxError) in try NetworkRequest.parse(text) } ?? []
  }

  /// What the Pod asks for in the place of the rule's first attachment.
  func defaultNetworkRequest() throws(SelectionError) -> NetworkRequest? {
    try parsed(.defaultNetwork) { (text) throws(RequestSyntaxError) in try NetworkRequest.parseOne(text) }
  }

  private func parsed<T>(
    _ annotation: RequestAnnotation, _ parse: (String) throws(RequestSyntaxError) -> T
  ) throws(SelectionError) -> T? {
    guard let text = annotations[annotation.rawValue], !text.isEmpty else { return nil }
    do { return try parse(text) } catch { throw .malformedRequest(annotation, error) }
  }

  /// The names of the network that a request means; the first that is there: `namespace.name`, then for the Pod's own namespace `name`.
  ///
  /// Names in requests have no dots, so that the two cannot be confused.
  func names(for request: NetworkRequest) -> [String] {
    let qualified = (request.namespace ?? namespace).map { ["\($0).\(request.name)"] } ?? []
    return request.namespace == nil || request.namespace == namespace ? qualified + [request.name] : qualified
  }
}
