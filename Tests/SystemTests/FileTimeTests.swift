import System
import Testing

@Suite struct FileTimeTests {
  /// The dates are those of `date -u -d @SECONDS`.
  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (951_868_799, "2000-02-29T23:59:59Z"),
    (951_868_800, "2000-03-01T00:00:00Z"), (1_764_278_705, "2025-11-27T21:25:05Z"), (1_798_761_599, "2026-12-31T23:59:59Z"),
    (1_798_761_600, "2027-01-01T00:00:00Z"), (4_107_542_400, "2100-03-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
    (-86_400, "1969-12-31T00:00:00Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
  ]) func dates(_ seconds: Int, _ text: String) {
    #expect(FileTime(seconds: seconds, nanoseconds: 0).text == text)
  }

  @Test func bootIsBeforeNow() { #expect(FileTime.boot() <= FileTime.now()) }
}
