#include "host/transform/lenient_calendar.h"

#include <algorithm>

#include "host/data/calendar.h"

namespace host::transform {
namespace {

constexpr std::int32_t kSunday = 1;
// 1582-10-15, the first day of the Gregorian calendar.
constexpr std::int32_t kChangeYear = 1582;
constexpr std::int64_t kChangeDay = -141'427;

// The last such weekday on or before a day since the epoch, which was a Thursday.
std::int64_t on_or_before(std::int64_t day, std::int32_t weekday) {
  const std::int64_t behind = (day - (weekday - 1) + 4) % 7;
  return day - (behind < 0 ? behind + 7 : behind);
}

std::int64_t first_of(std::int32_t year, std::int32_t month) {
  data::CalendarFields fields;
  fields.year = year;
  fields.month = month + 1;
  return data::day_and_time(data::epoch_ms(fields)).days;
}

// The first day of the week that the day is in: the first week may have a single day.
std::int64_t week_of(std::int64_t first_day) {
  std::int64_t begin = on_or_before(first_day + 6, kSunday);
  if (begin > first_day)
    begin -= 7;
  return begin;
}

} // namespace

// When two fields that belong together were set; 0 if one was not.
std::int32_t LenientCalendar::both(Field a, Field b) const {
  return stamps_[a] == 0 || stamps_[b] == 0 ? 0 : std::max(stamps_[a], stamps_[b]);
}

LenientCalendar::Rule LenientCalendar::rule() const {
  const std::int32_t of_month = stamps_[DayOfMonth];
  const std::int32_t week_of_month = both(WeekOfMonth, DayOfWeek);
  const std::int32_t in_month = both(DayOfWeekInMonth, DayOfWeek);
  const std::int32_t of_year = stamps_[DayOfYear];
  const std::int32_t week_of_year = both(WeekOfYear, DayOfWeek);
  const std::int32_t best = std::max({of_month, week_of_month, in_month, of_year, week_of_year});
  if (best == 0) {
    const std::int32_t alone = std::max(stamps_[DayOfWeekInMonth], stamps_[DayOfWeek]);
    const std::int32_t last = std::max({stamps_[WeekOfMonth], alone, stamps_[WeekOfYear]});
    if (last == 0)
      return Rule::DayOfMonth;
    if (last == stamps_[WeekOfMonth] && stamps_[WeekOfMonth] >= stamps_[WeekOfYear])
      return Rule::WeekOfMonth;
    if (last == alone && stamps_[DayOfWeekInMonth] >= stamps_[WeekOfYear])
      return Rule::DayOfWeekInMonth;
    return Rule::WeekOfYear;
  }
  if (best == of_month)
    return Rule::DayOfMonth;
  const bool by_week = best == week_of_month && stamps_[WeekOfMonth] >= stamps_[WeekOfYear];
  const bool by_day = best == in_month && stamps_[DayOfWeekInMonth] >= stamps_[WeekOfYear];
  if (by_week || by_day) {
    if (week_of_month == in_month)
      return stamps_[WeekOfMonth] >= stamps_[DayOfWeekInMonth] ? Rule::WeekOfMonth
                                                               : Rule::DayOfWeekInMonth;
    return best == week_of_month ? Rule::WeekOfMonth : Rule::DayOfWeekInMonth;
  }
  return best == of_year ? Rule::DayOfYear : Rule::WeekOfYear;
}

std::int32_t LenientCalendar::year() const {
  const std::int32_t year = is_set(Year) ? values_[Year] : 1970;
  return is_set(Era) && values_[Era] == 0 ? 1 - year : year;
}

// A day of a month that begins with `first`, by its week and weekday.
std::int64_t LenientCalendar::week_day(std::int64_t first) const {
  const std::int32_t weekday = is_set(DayOfWeek) ? values_[DayOfWeek] : kSunday;
  if (rule() == Rule::WeekOfMonth) {
    std::int64_t begin = week_of(first);
    if (is_set(DayOfWeek))
      begin = on_or_before(begin + 6, weekday);
    return begin + 7 * (std::int64_t{values_[WeekOfMonth]} - 1);
  }
  const std::int64_t which = is_set(DayOfWeekInMonth) ? values_[DayOfWeekInMonth] : 1;
  if (which >= 0)
    return on_or_before(first + 7 * which - 1, weekday);
  return on_or_before(first_of(year(), values_[Month] + 1) + 7 * (which + 1) - 1, weekday);
}

std::int64_t LenientCalendar::days() const {
  const std::int32_t weekday = is_set(DayOfWeek) ? values_[DayOfWeek] : kSunday;
  switch (rule()) {
  case Rule::DayOfMonth: {
    data::CalendarFields fields;
    fields.year = year();
    fields.month = values_[Month] + 1;
    fields.day = is_set(DayOfMonth) ? values_[DayOfMonth] : 1;
    return data::day_and_time(data::epoch_ms(fields)).days;
  }
  case Rule::WeekOfMonth:
  case Rule::DayOfWeekInMonth: {
    const std::int64_t first = first_of(year(), values_[Month]);
    // In the year of the change of calendars Java counts by both, and takes the Gregorian result if
    // it lies behind the change; before it the month began ten days earlier there.
    const bool changes = year() == kChangeYear && first < kChangeDay;
    const std::int64_t gregorian = changes ? week_day(first - 10) : kChangeDay - 1;
    return gregorian >= kChangeDay ? gregorian : week_day(first);
  }
  case Rule::DayOfYear:
    return first_of(year(), 0) + values_[DayOfYear] - 1;
  case Rule::WeekOfYear:
    break;
  }
  std::int64_t begin = week_of(first_of(year(), 0));
  if (is_set(DayOfWeek) && weekday != kSunday)
    begin = on_or_before(begin + 6, weekday);
  return begin + 7 * (std::int64_t{values_[WeekOfYear]} - 1);
}

// Where a week year was set last, it counts together with week and weekday. A weekday that there is
// not carries over into weeks, counted from Monday.
std::int64_t LenientCalendar::week_date() const {
  std::int64_t week = is_set(WeekOfYear) ? values_[WeekOfYear] : 1;
  std::int64_t weekday = is_set(DayOfWeek) ? values_[DayOfWeek] : kSunday;
  if (weekday < kSunday || weekday > 7) {
    week += (weekday - 1) / 7;
    weekday = (weekday - 1) % 7 + 1;
    for (; weekday <= 0; weekday += 7)
      --week;
    weekday = weekday % 7 + 1;
  }
  const std::int32_t year = values_[WeekYear];
  const bool before_christ = is_set(Era) && values_[Era] == 0;
  return week_of(first_of(before_christ ? 1 - year : year, 0)) + 7 * (week - 1) + weekday - kSunday;
}

std::int32_t LenientCalendar::hour() const {
  const std::int32_t halves = both(Hour, AmPm);
  const bool by_halves = halves > stamps_[HourOfDay] || (halves == 0 && stamps_[HourOfDay] == 0);
  if (!by_halves)
    return values_[HourOfDay];
  return values_[Hour] + (is_set(AmPm) ? 12 * values_[AmPm] : 0);
}

std::int64_t LenientCalendar::epoch_ms() const {
  const bool by_week = is_set(WeekYear) && stamps_[WeekYear] > stamps_[Year];
  const std::int64_t day = by_week ? week_date() : days();
  const std::int64_t seconds = (std::int64_t{hour()} * 60 + values_[Minute]) * 60 + values_[Second];
  return day * data::kMsPerDay + seconds * 1000 + values_[Millisecond] - values_[ZoneOffset];
}

} // namespace host::transform
