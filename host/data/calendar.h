#pragma once

#include <cstdint>

// Java's default calendar in UTC: the Gregorian one since 1582-10-15, the Julian one before
// (contract 16.3).
namespace host::data {

inline constexpr std::int64_t kMsPerDay = 86'400'000;

// Years are counted through zero: 0 is 1 BC.
struct CalendarDate {
  std::int64_t year;
  unsigned month; // 1 to 12
  unsigned day;
};
CalendarDate calendar_date(std::int64_t days_since_epoch);

// The fields of a point in time as a lenient GregorianCalendar takes them: any of them may be
// negative or too large and carries over into the next.
struct CalendarFields {
  std::int32_t year = 1970;
  std::int32_t month = 1;
  std::int32_t day = 1;
  std::int32_t hour = 0;
  std::int32_t minute = 0;
  std::int32_t second = 0;
  std::int32_t millisecond = 0;
};
std::int64_t epoch_days(const CalendarFields &fields);
std::int64_t epoch_ms(const CalendarFields &fields);

// Splits a point in time into days and the milliseconds of its day, which are never negative.
struct DayAndTime {
  std::int64_t days;
  std::int64_t ms;
};
constexpr DayAndTime day_and_time(std::int64_t ms) {
  std::int64_t days = ms / kMsPerDay;
  std::int64_t rest = ms % kMsPerDay;
  if (rest < 0) {
    rest += kMsPerDay;
    --days;
  }
  return {days, rest};
}

} // namespace host::data
