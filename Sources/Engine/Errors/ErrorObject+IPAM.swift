import CNI
import IPAM

extension ErrorObject {
  /// placeholder until IPAM lands
  init(_ error: IPAMError) { self.init(.io, "\(error)") }
}
