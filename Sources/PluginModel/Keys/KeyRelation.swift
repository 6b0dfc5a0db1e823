/// What a plugin demands of two or more keys together.
package enum KeyRelation: Hashable, Sendable {
  /// Only one of the two may be there.
  case excludes(String, String)
  /// The first may not be there if the second has this value.
  case excludesWord(String, String, String)
  /// The first has no meaning without the second.
  case needs(String, String)
  /// One of the keys must be there, unless the entry declares that the plugin gets this capability.
  case oneOf([String], orCapability: String? = nil)
}
