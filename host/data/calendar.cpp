#include "host/data/calendar.h"

namespace host::data {
namespace {

constexpr std::int64_t kFirstGregorianDay = -141'427; // 1582-10-15
constexpr std::int64_t kCutoverYear = 1582;

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

// Years that begin in March end with their leap day, which makes both calendars regular.
constexpr std::int64_t day_of_march_year(std::int64_t month, std::int64_t day) {
  return (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
}

// Days from 0000-03-01 to 1970-01-01, in each calendar.
constexpr std::int64_t kGregorianOffset = 719'468;
constexpr std::int64_t kJulianOffset = 719'470;

std::int64_t gregorian_days(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  return 365 * year + floor_div(year, 4) - floor_div(year, 100) + floor_div(year, 400) +
         day_of_march_year(month, 1) + day - 1 - kGregorianOffset;
}

std::int64_t julian_days(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  return 365 * year + floor_div(year, 4) + day_of_march_year(month, 1) + day - 1 - kJulianOffset;
}

CalendarDate date_of_march_year(std::int64_t year, std::int64_t day_of_year) {
  const std::int64_t shifted = (5 * day_of_year + 2) / 153;
  const auto day = static_cast<unsigned>(day_of_year - (153 * shifted + 2) / 5 + 1);
  const auto month = static_cast<unsigned>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {year + (month <= 2 ? 1 : 0), month, day};
}

CalendarDate gregorian_date(std::int64_t days) {
  // Howard Hinnant's algorithm: eras of 400 years.
  days += kGregorianOffset;
  const std::int64_t era = floor_div(days, 146'097);
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  return date_of_march_year(year + era * 400, day_of_era - (365 * year + year / 4 - year / 100));
}

CalendarDate julian_date(std::int64_t days) {
  days += kJulianOffset;
  const std::int64_t era = floor_div(days, 1461);
  const std::int64_t day_of_era = days - era * 1461;
  const std::int64_t year = (day_of_era - day_of_era / 1460) / 365;
  return date_of_march_year(year + era * 4, day_of_era - 365 * year);
}

} // namespace

CalendarDate calendar_date(std::int64_t days) {
  return days >= kFirstGregorianDay ? gregorian_date(days) : julian_date(days);
}

namespace {

DayAndTime days_and_time(const CalendarFields &fields) {
  std::int64_t time = fields.hour;
  time = time * 60 + fields.minute;
  time = time * 60 + fields.second;
  time = time * 1000 + fields.millisecond;
  const DayAndTime carried = day_and_time(time);
  const std::int64_t months = std::int64_t{fields.month} - 1;
  // Java's years are ints, and wrap.
  const auto year = static_cast<std::int32_t>(fields.year + floor_div(months, 12));
  const std::int64_t month = months - floor_div(months, 12) * 12 + 1;
  const std::int64_t gregorian = carried.days + gregorian_days(year, month, fields.day);
  const std::int64_t julian = carried.days + julian_days(year, month, fields.day);
  // Which calendar a date belongs to is decided by its year as given; near the change by what comes
  // out. A date that neither has is taken as Julian.
  std::int64_t days = julian;
  if (fields.year > kCutoverYear)
    days = gregorian >= kFirstGregorianDay ? gregorian : julian;
  else if (fields.year == kCutoverYear && gregorian >= kFirstGregorianDay)
    days = gregorian;
  return {days, carried.ms};
}

} // namespace

std::int64_t epoch_days(const CalendarFields &fields) { return days_and_time(fields).days; }

std::int64_t epoch_ms(const CalendarFields &fields) {
  const DayAndTime made = days_and_time(fields);
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(made.days) * kMsPerDay) + made.ms;
}

} // namespace host::data
