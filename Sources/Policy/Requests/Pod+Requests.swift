extension Pod {
  /// The networks that the Pod asks for in addition to its rule.
  package func requests() throws(SelectionError) -> [NetworkRequest] {
    try parsed(.networks) { (text) throws(RequestSyntaxError) in try NetworkRequest.parse(text) } ?? []
  }

  /// The network that the Pod asks for in the place of the rule's first attachment.
  package func defaultNetworkRequest() throws(SelectionError) -> NetworkRequest? {
    try parsed(.defaultNetwork) { (text) throws(RequestSyntaxError) in try NetworkRequest.parseOne(text) }
  }

  private func parsed<T>(
    _ annotation: RequestAnnotation, _ parse: (String) throws(RequestSyntaxError) -> T
  ) throws(SelectionError) -> T? {
    guard let text = annotations[annotation.rawValue], !text.isEmpty else { return nil }
    do { return try parse(text) } catch { throw .malformedRequest(annotation, error) }
  }

  /// The names that the network of a request may have, the first that exists counts: `namespace.name`, then in the Pod's own namespace
  /// `name`.
  ///
  /// Names in requests have no dots, so the two cannot be confused.
  package func names(for request: NetworkRequest) -> [String] {
    let qualified = (request.namespace ?? namespace).map { ["\($0).\(request.name)"] } ?? []
    return request.namespace == nil || request.namespace == namespace ? qualified + [request.name] : qualified
  }
}
