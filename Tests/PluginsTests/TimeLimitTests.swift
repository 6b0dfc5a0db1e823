import Plugins
import Testing

@Suite struct TimeLimitTests {
  /// The slowest runtime waits a minute for a whole DEL; what comes after those that hang is our own.
  @Test(arguments: 1...6) func allThatHangEndWithinAMinute(_ count: Int) {
    let limit = TimeLimit()
    let spent = (0..<count).reduce(0) { spent, _ in spent + limit.left(after: spent * 1000) }
    #expect(spent <= 56, "\(count) that hang take \(spent) s")
  }

  @Test func whoComesAfterOneThatHangsHasTimeToWork() {
    let limit = TimeLimit(seconds: 50)
    #expect(limit.left(after: 0) == 40 && limit.left(after: 40_000) == 8 && limit.left(after: 48_000) == 2)
    #expect(limit.left(after: 600_000) == 2)
  }

  @Test func aLimitOfASecondIsASecond() {
    let limit = TimeLimit(seconds: 1)
    #expect(limit.left(after: 0) == 1 && limit.left(after: 5000) == 1)
  }
}
