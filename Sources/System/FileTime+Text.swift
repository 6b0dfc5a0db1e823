import Glibc

extension FileTime {
  /// When the kernel started, by the wall clock. It moves when somebody sets the clock.
  package static func boot() -> FileTime {
    var up = timespec()
    clock_gettime(CLOCK_BOOTTIME, &up)
    return FileTime(seconds: now().seconds - up.tv_sec, nanoseconds: 0)
  }

  /// The moment as ISO 8601 writes it, in UTC and to the second: `2026-11-27T21:25:05Z`.
  package var text: String {
    var (day, second) = seconds.quotientAndRemainder(dividingBy: 86400)
    if second < 0 { (day, second) = (day - 1, second + 86400) }
    let (year, month, dayOfMonth) = Self.civil(day)
    func padded(_ number: Int, _ width: Int = 2) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month))-\(padded(dayOfMonth))T"
      + "\(padded(second / 3600)):\(padded(second / 60 % 60)):\(padded(second % 60))Z"
  }

  /// Year, month and day of the day with this number, counted from 1970-01-01, in the Gregorian calendar.
  private static func civil(_ number: Int) -> (Int, Int, Int) {
    func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
    var year = 1970 + number / 366
    func days(before year: Int) -> Int {
      let past = year - 1
      return 365 * (year - 1970) + (past / 4 - past / 100 + past / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400)
    }
    while days(before: year) > number { year -= 1 }
    while days(before: year + 1) <= number { year += 1 }
    var left = number - days(before: year)
    for (i, length) in [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
      if left < length { return (year, i + 1, left + 1) }
      left -= length
    }
    return (year, 12, 31)
  }
}
