/// The release that this code belongs to.
package enum Release {
  package static let version = "0.1.0"
}
