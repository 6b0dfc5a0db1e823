import JSON

extension JSONError {
  /// What to write instead, as a sentence without a full stop.
  package var help: String? {
    switch problem {
    case .comment: "remove the comment"
    case .trailingComma: "remove the comma"
    case .singleQuotes: "write double quotes"
    case .openString: "close the string with a double quote"
    case .expected(.commaOrBrace), .expected(.commaOrBracket): "put a comma between two entries, or close the bracket"
    case .expected(.key): "write \"key\": value, with the key in double quotes"
    case .expected(.value), .expected(.word): "write a number, true, false, null, a text in double quotes, a list or an object"
    case .expected(.colon): "write a colon between the key and its value"
    case .truncated: "close all brackets and quotes"
    case .trailing: "remove the rest, or correct the brackets before it"
    case .badEscape: "write \\\\ for a backslash"
    case .badNumber: "write the number in decimal, without leading zeros, or quote it"
    case .empty, .tooDeep, .badString, .badUTF8: nil
    }
  }
}
