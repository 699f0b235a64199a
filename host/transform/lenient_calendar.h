#pragma once

#include <cstdint>

namespace host::transform {

// The fields of java.util.Calendar that a date format may set, in the order of use of its rules:
// of fields that contradict each other those set last win. Weeks begin on Sundays.
class LenientCalendar {
public:
  enum Field : std::uint8_t {
    Era, // 0 BC, 1 AD
    Year,
    Month, // 0 to 11
    WeekOfYear,
    WeekOfMonth,
    DayOfMonth,
    DayOfYear,
    DayOfWeek, // 1 Sunday to 7 Saturday
    DayOfWeekInMonth,
    AmPm,
    Hour,
    HourOfDay,
    Minute,
    Second,
    Millisecond,
    ZoneOffset, // in milliseconds
    WeekYear,
    kCount
  };

  void set(Field field, std::int32_t value) {
    values_[field] = value;
    stamps_[field] = ++last_stamp_;
  }
  bool is_set(Field field) const { return stamps_[field] != 0; }
  void add_to_year(std::int32_t years) { values_[is_set(WeekYear) ? WeekYear : Year] += years; }

  std::int64_t epoch_ms() const;

private:
  // How the day within its year is given.
  enum class Rule : std::uint8_t {
    DayOfMonth = 1,
    WeekOfMonth,
    DayOfWeekInMonth,
    DayOfYear,
    WeekOfYear
  };
  Rule rule() const;
  std::int64_t days() const;
  std::int64_t week_day(std::int64_t first) const;
  std::int64_t week_date() const;
  std::int32_t year() const;
  std::int32_t hour() const;
  std::int32_t both(Field a, Field b) const;

  std::int32_t values_[kCount] = {};
  std::int32_t stamps_[kCount] = {};
  std::int32_t last_stamp_ = 0;
};

} // namespace host::transform
