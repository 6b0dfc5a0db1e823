import System
import Testing

@Suite struct SHA512Tests {
  /// The examples of FIPS 180-4, and the lengths around a block.
  @Test(
    arguments: [
      (
        "",
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"
      ),
      (
        "abc",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
      ),
      (
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"
      ),
    ])
  func examples(_ text: String, _ hash: String) {
    #expect(hexadecimal(SHA512.hash(Array(text.utf8))) == hash)
  }

  /// sha512sum(1) says the same of a text of every length up to three blocks.
  @Test func everyLength() {
    // printf 'a%.0s' $(seq N) | sha512sum, the first bytes of all of them one after another, hashed again.
    let firsts = (0...384).flatMap { SHA512.hash([UInt8](repeating: 0x61, count: $0)).prefix(4) }
    #expect(hexadecimal(SHA512.hash(firsts).prefix(16)) == "bbe0f22f652aa3c7d376c8afc9afdb4b")
  }

  private func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
