#include "host/transform/date_format.h"

#include <chrono>
#include <utility>

#include "host/base/java_text.h"
#include "host/data/calendar.h"
#include "host/transform/date_names.h"
#include "host/transform/java.h"

namespace host::transform {
namespace {

constexpr std::string_view kLetters = "GyMdkHmsSEDFwWahKzZYuXL";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The parts of a point in time that patterns may ask for.
struct Moment {
  explicit Moment(std::int64_t ms_since_epoch)
      : split(data::day_and_time(ms_since_epoch)), date(data::calendar_date(split.days)),
        ms(static_cast<std::uint32_t>(split.ms)) {}

  data::DayAndTime split;
  data::CalendarDate date;
  std::uint32_t ms;

  std::uint32_t hour() const { return ms / 3'600'000; }
  std::int64_t year_of_era() const { return date.year > 0 ? date.year : 1 - date.year; }
  std::int64_t first_day_of(std::int64_t year, int month) const {
    data::CalendarFields fields;
    fields.year = static_cast<std::int32_t>(year);
    fields.month = month;
    return data::epoch_days(fields); // whose milliseconds may be more than there are
  }
  std::int64_t first_of_month() const {
    return first_day_of(date.year, static_cast<int>(date.month));
  }
  // Sunday is 0.
  std::uint32_t weekday() const { return weekday_of(split.days); }
  static std::uint32_t weekday_of(std::int64_t days) {
    return static_cast<std::uint32_t>(((days + 4) % 7 + 7) % 7);
  }
  std::int64_t day_of_year() const { return split.days - first_day_of(date.year, 1) + 1; }
  // Weeks begin on Sundays, and the first day is in the first week.
  static std::int64_t week_since(std::int64_t first, std::int64_t day) {
    return (day - first + weekday_of(first)) / 7 + 1;
  }
  // The last days of December are in the first week of the next year if that begins within theirs.
  bool in_next_years_week() const {
    const std::int64_t next = first_day_of(date.year + 1, 1);
    return split.days >= next - weekday_of(next);
  }
};

void append_padded(std::string &out, std::int64_t number, std::uint32_t width) {
  std::string digits = std::to_string(number < 0 ? -number : number);
  if (number < 0)
    out += '-';
  if (digits.size() < width)
    out.append(width - digits.size(), '0');
  out += digits;
}

void append_year(std::string &out, std::int64_t year, std::uint32_t count) {
  if (count == 2)
    append_padded(out, year % 100, 2);
  else
    append_padded(out, year, count);
}

void append_field(std::string &out, const Moment &moment, char letter, std::uint32_t count) {
  const auto name = [&](std::string_view full) { out += count >= 4 ? full : full.substr(0, 3); };
  switch (letter) {
  case 'G':
    out += moment.date.year > 0 ? "AD" : "BC";
    return;
  case 'y':
    return append_year(out, moment.year_of_era(), count);
  case 'Y':
    return append_year(out, moment.date.year + (moment.in_next_years_week() ? 1 : 0), count);
  case 'M':
  case 'L':
    if (count >= 3)
      return name(kMonthNames[moment.date.month - 1]);
    return append_padded(out, moment.date.month, count);
  case 'd':
    return append_padded(out, moment.date.day, count);
  case 'k':
    return append_padded(out, moment.hour() == 0 ? 24 : moment.hour(), count);
  case 'H':
    return append_padded(out, moment.hour(), count);
  case 'm':
    return append_padded(out, moment.ms / 60'000 % 60, count);
  case 's':
    return append_padded(out, moment.ms / 1000 % 60, count);
  case 'S':
    return append_padded(out, moment.ms % 1000, count);
  case 'E':
    return name(kWeekdayNames[moment.weekday()]);
  case 'D':
    return append_padded(out, moment.day_of_year(), count);
  case 'F':
    return append_padded(out, (moment.split.days - moment.first_of_month()) / 7 + 1, count);
  case 'w':
    return append_padded(
        out,
        moment.in_next_years_week()
            ? 1
            : Moment::week_since(moment.first_day_of(moment.date.year, 1), moment.split.days),
        count);
  case 'W':
    return append_padded(out, Moment::week_since(moment.first_of_month(), moment.split.days),
                         count);
  case 'a':
    out += moment.hour() < 12 ? "AM" : "PM";
    return;
  case 'h':
    return append_padded(out, moment.hour() % 12 == 0 ? 12 : moment.hour() % 12, count);
  case 'K':
    return append_padded(out, moment.hour() % 12, count);
  case 'z':
    out += count >= 4 ? "Coordinated Universal Time" : "UTC";
    return;
  case 'Z':
    out += "+0000";
    return;
  case 'u':
    return append_padded(out, moment.weekday() == 0 ? 7 : moment.weekday(), count);
  default: // X
    out += 'Z';
  }
}

} // namespace

DateFormat::DateFormat(std::string_view pattern) : pattern_(pattern) {
  const std::int64_t now = std::chrono::duration_cast<std::chrono::milliseconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                               .count();
  const data::DayAndTime split = data::day_and_time(now);
  const data::CalendarDate date = data::calendar_date(split.days);
  data::CalendarFields fields;
  fields.year = century_start_ = static_cast<std::int32_t>(date.year - 80);
  fields.month = static_cast<std::int32_t>(date.month);
  fields.day = static_cast<std::int32_t>(date.day);
  century_start_ms_ = data::epoch_ms(fields) + split.ms;
}

Result<DateFormat> DateFormat::compile(std::string_view pattern) {
  DateFormat format(pattern);
  HOST_TRY(format.add_items());
  return format;
}

// Text stands between quotes; two quotes are one, inside and outside of text.
Status DateFormat::add_items() {
  bool quoted = false;
  const auto literal = [&](char c) {
    if (items_.empty() || items_.back().letter != 0)
      items_.push_back({0, 0, {}});
    items_.back().literal += c;
  };
  for (std::size_t at = 0; at < pattern_.size();) {
    const char c = pattern_[at];
    if (c == '\'') {
      const bool twice = at + 1 < pattern_.size() && pattern_[at + 1] == '\'';
      if (twice)
        literal('\'');
      else
        quoted = !quoted;
      at += twice ? 2 : 1;
    } else if (quoted || !is_letter(c)) {
      literal(c);
      ++at;
    } else {
      HOST_TRY(add_letters(at));
    }
  }
  if (quoted)
    return java_error(kIllegalArgument, "Unterminated quote");
  return {};
}

Status DateFormat::add_letters(std::size_t &at) {
  const char letter = pattern_[at];
  if (kLetters.find(letter) == std::string_view::npos)
    return java_error(kIllegalArgument, std::string("Illegal pattern character '") + letter + "'");
  std::uint32_t count = 0;
  for (; at < pattern_.size() && pattern_[at] == letter; ++at)
    ++count;
  if (letter == 'X' && count > 3)
    return java_error(kIllegalArgument, "invalid ISO 8601 format: length=" + std::to_string(count));
  items_.push_back({letter, count, {}});
  return {};
}

void DateFormat::append(std::string &out, std::int64_t ms) const {
  const Moment moment(ms);
  for (const Item &item : items_)
    if (item.letter == 0)
      out += item.literal;
    else
      append_field(out, moment, item.letter, item.count);
}

} // namespace host::transform
