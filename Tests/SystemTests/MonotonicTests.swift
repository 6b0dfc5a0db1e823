import System
import Testing

@Suite struct MonotonicTests {
  @Test func messagesWriteWholeSeconds() {
    #expect(Duration.seconds(60).wholeSeconds == "60 s" && Duration.milliseconds(39_999).wholeSeconds == "39 s")
  }

  /// Less than a millisecond must not become a wait of none, which would be a busy loop.
  @Test func pollWaitsAtLeastTheTime() {
    #expect(Duration.microseconds(1).pollMilliseconds == 1 && Duration.milliseconds(1).pollMilliseconds == 1)
    #expect(Duration.microseconds(1001).pollMilliseconds == 2 && Duration.seconds(90).pollMilliseconds == 90_000)
  }

  @Test func pausesDoubleUpToTheLongest() {
    let start = Monotonic.now()
    var pauses = Backoff(from: .milliseconds(1), to: .milliseconds(4))
    for _ in 0..<4 { pauses.pause() }
    let time = Monotonic.now() - start
    #expect(time >= .milliseconds(11) && time < .seconds(5), "\(time)")
  }
}
