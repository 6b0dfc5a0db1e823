import Plugins
import Testing

@Suite struct TimeLimitTests {
  /// The slowest runtime waits a minute for a whole DEL. After plugins that hang, Braid still needs time for its own work.
  @Test(arguments: 1...6) func allThatHangEndWithinAMinute(_ count: Int) {
    let limit = TimeLimit()
    let spent = (0..<count).reduce(Duration.zero) { spent, _ in spent + limit.left(after: spent) }
    #expect(spent <= .seconds(56), "\(count) that hang take \(spent)")
  }

  @Test func whoComesAfterOneThatHangsHasTimeToWork() {
    let limit = TimeLimit(.seconds(50))
    #expect(limit.left(after: .zero) == .seconds(40) && limit.left(after: .seconds(40)) == .seconds(8))
    #expect(limit.left(after: .seconds(48)) == .seconds(2) && limit.left(after: .seconds(600)) == .seconds(2))
  }

  @Test func aLimitOfASecondIsASecond() {
    let limit = TimeLimit(.seconds(1))
    #expect(limit.left(after: .zero) == .seconds(1) && limit.left(after: .seconds(5)) == .seconds(1))
  }
}
