#include <cmath>
#include <limits>
#include <utility>

#include "host/base/java_text.h"
#include "host/base/utf8.h"
#include "host/transform/date_format.h"
#include "host/transform/date_names.h"
#include "host/transform/lenient_calendar.h"

namespace host::transform {
namespace {

using Field = LenientCalendar::Field;

constexpr std::int32_t kMsPerMinute = 60'000;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool begins_with(std::string_view text, std::string_view name) {
  if (text.size() < name.size())
    return false;
  for (std::size_t i = 0; i < name.size(); ++i)
    if (lower(text[i]) != lower(name[i]))
      return false;
  return true;
}

struct Zone {
  std::string_view name;
  std::int32_t minutes;
};
constexpr Zone kZones[] = {
    {"UTC", 0},
    {"GMT", 0},
    {"Coordinated Universal Time", 0},
    {"Greenwich Mean Time", 0},
    {"EST", -300},
    {"EDT", -240},
    {"CST", -360},
    {"CDT", -300},
    {"MST", -420},
    {"MDT", -360},
    {"PST", -480},
    {"PDT", -420},
};

bool is_numeric(char letter, std::uint32_t count) {
  return letter == 'M' || letter == 'L'
             ? count <= 2
             : std::string_view("yYdkHmsSDFwWhKu").find(letter) != std::string_view::npos;
}

} // namespace

// Reads one text. Java's rules of what a field may look like are odd and kept: numbers have no
// limit but the next field, may be negative and may have an exponent.
class DateFormat::Reader {
public:
  Reader(const DateFormat &format, std::string_view text) : format_(format), text_(text) {}

  std::optional<std::int64_t> read() {
    for (std::size_t i = 0; i < format_.items_.size(); ++i) {
      const Item &item = format_.items_[i];
      if (item.letter == 0) {
        if (!text_.substr(at_).starts_with(item.literal))
          return std::nullopt;
        at_ += item.literal.size();
        continue;
      }
      const Item *next = i + 1 < format_.items_.size() ? &format_.items_[i + 1] : nullptr;
      abuts_ = next != nullptr && next->letter != 0 && is_numeric(next->letter, next->count);
      if (!field(item))
        return std::nullopt;
    }
    if (at_ == 0)
      return std::nullopt;
    std::int64_t ms = calendar_.epoch_ms();
    if (in_first_year_ && ms < format_.century_start_ms_) {
      calendar_.add_to_year(100);
      ms = calendar_.epoch_ms();
    }
    return ms;
  }

private:
  bool field(const Item &item) {
    const std::size_t start = at_;
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t'))
      ++at_;
    if (at_ == text_.size())
      return false;
    switch (item.letter) {
    case 'G':
      return named(start, Field::Era, {"BC", "AD", "Before Christ", "Anno Domini"}, 2, 0);
    case 'a':
      return named(start, Field::AmPm, {"AM", "PM"}, 2, 0);
    case 'E':
      return listed(start, Field::DayOfWeek, kWeekdayNames, 1);
    case 'z':
    case 'Z':
      return zone(start);
    case 'X':
      return iso_zone(item.count);
    case 'M':
    case 'L':
      if (item.count > 2)
        return listed(start, Field::Month, kMonthNames, 0);
      break;
    default:
      break;
    }
    return number_field(item, start);
  }

  bool number_field(const Item &item, std::size_t start) {
    const std::size_t digits_at = at_;
    const auto read = number(start, item.count);
    if (!read)
      return false;
    std::int32_t value = *read;
    const Field field = field_of(item.letter);
    switch (item.letter) {
    case 'y':
    case 'Y':
      value = year(value, item.count, text_.substr(digits_at, at_ - digits_at));
      break;
    case 'M':
    case 'L':
      --value;
      break;
    case 'k':
      value = value == 24 ? 0 : value;
      break;
    case 'h':
      value = value == 12 ? 0 : value;
      break;
    case 'u':
      if (value >= 1 && value <= 7)
        value = value % 7 + 1;
      break;
    default:
      break;
    }
    calendar_.set(field, value);
    return true;
  }

  static Field field_of(char letter) {
    constexpr std::pair<char, Field> kFields[] = {
        {'y', Field::Year},        {'Y', Field::WeekYear},    {'M', Field::Month},
        {'L', Field::Month},       {'d', Field::DayOfMonth},  {'k', Field::HourOfDay},
        {'H', Field::HourOfDay},   {'m', Field::Minute},      {'s', Field::Second},
        {'S', Field::Millisecond}, {'D', Field::DayOfYear},   {'F', Field::DayOfWeekInMonth},
        {'w', Field::WeekOfYear},  {'W', Field::WeekOfMonth}, {'h', Field::Hour},
        {'K', Field::Hour},        {'u', Field::DayOfWeek},
    };
    for (const auto &[known, field] : kFields)
      if (known == letter)
        return field;
    return Field::kCount;
  }

  // Exactly two digits where the pattern has at most two are a year of this or the last century.
  std::int32_t year(std::int32_t value, std::uint32_t count, std::string_view digits) {
    if (count > 2 || value < 0 || utf8::utf16_length(digits) != 2)
      return value;
    for (std::string_view rest = digits; !rest.empty();) {
      const auto next = utf8::decode(rest);
      if (java::digit_of(next.code) < 0)
        return value;
      rest.remove_prefix(next.size);
    }
    const std::int32_t first = format_.century_start_ % 100;
    in_first_year_ = value == first;
    return value + format_.century_start_ / 100 * 100 + (value < first ? 100 : 0);
  }

  // Where fields touch, a number has as many characters as the pattern has letters, counted from
  // before the blanks.
  std::optional<std::int32_t> number(std::size_t start, std::uint32_t count) {
    std::size_t end = text_.size();
    if (abuts_) {
      end = start;
      for (std::uint32_t i = 0; i < count; ++i) {
        if (end >= text_.size())
          return std::nullopt;
        end += std::max<std::size_t>(utf8::decode(text_.substr(end)).size, 1);
      }
      if (end <= at_)
        return std::nullopt;
    }
    return decimal(text_.substr(0, end));
  }

  // Digits of any script at `at_`; moves behind them.
  bool digits(std::string_view text, double &value, std::int64_t &exact, bool &fits) {
    const std::size_t begin = at_;
    value = 0;
    exact = 0;
    fits = true;
    while (at_ < text.size()) {
      const auto next = utf8::decode(text.substr(at_));
      const int digit = next.valid ? java::digit_of(next.code) : -1;
      if (digit < 0)
        break;
      value = value * 10 + digit;
      fits = fits && !__builtin_mul_overflow(exact, 10, &exact) &&
             !__builtin_add_overflow(exact, digit, &exact);
      at_ += next.size;
    }
    return at_ > begin;
  }

  // As NumberFormat reads an integer, and Number.intValue then narrows it.
  std::optional<std::int32_t> decimal(std::string_view text) {
    const std::size_t begin = at_;
    const bool negative = at_ < text.size() && text[at_] == '-';
    if (negative)
      ++at_;
    constexpr std::string_view kInfinity = "∞";
    if (text.substr(at_).starts_with(kInfinity)) {
      at_ += kInfinity.size();
      return negative ? std::numeric_limits<std::int32_t>::min()
                      : std::numeric_limits<std::int32_t>::max();
    }
    if (!negative && text.substr(at_).starts_with("NaN")) {
      at_ += 3;
      return 0;
    }
    double value = 0;
    std::int64_t exact = 0;
    bool fits = true;
    if (!digits(text, value, exact, fits)) {
      at_ = begin;
      return std::nullopt;
    }
    if (at_ < text.size() && text[at_] == 'E')
      exponent(text, value, exact, fits);
    if (fits)
      return static_cast<std::int32_t>(negative ? -exact : exact);
    constexpr double kMost = std::numeric_limits<std::int32_t>::max();
    const auto saturated = static_cast<std::int32_t>(std::min(value, kMost));
    return negative ? (value > kMost ? std::numeric_limits<std::int32_t>::min() : -saturated)
                    : saturated;
  }

  void exponent(std::string_view text, double &value, std::int64_t &exact, bool &fits) {
    const std::size_t before = at_;
    ++at_;
    const bool negative = at_ < text.size() && text[at_] == '-';
    if (negative)
      ++at_;
    double power = 0;
    std::int64_t exact_power = 0;
    bool power_fits = true;
    if (!digits(text, power, exact_power, power_fits) || !power_fits) {
      at_ = before;
      return;
    }
    value *= std::pow(10, negative ? -power : power);
    fits = value < 9.2e18;
    exact = fits ? static_cast<std::int64_t>(value) : 0;
  }

  // The longest of the names; `count` values, then their other names.
  bool named(std::size_t start, Field field, std::initializer_list<std::string_view> names,
             std::int32_t count, std::int32_t base) {
    std::size_t best = 0;
    std::int32_t which = 0;
    std::int32_t index = 0;
    for (const std::string_view name : names) {
      if (name.size() > best && begins_with(text_.substr(start), name)) {
        best = name.size();
        which = index % count + base;
      }
      ++index;
    }
    if (best == 0)
      return false;
    calendar_.set(field, which);
    at_ = start + best;
    return true;
  }

  template <std::size_t N>
  bool listed(std::size_t start, Field field, const std::string_view (&names)[N],
              std::int32_t base) {
    for (const bool whole : {true, false})
      for (std::size_t i = 0; i < N; ++i) {
        const std::string_view name = whole ? names[i] : names[i].substr(0, 3);
        if (!begins_with(text_.substr(start), name))
          continue;
        calendar_.set(field, static_cast<std::int32_t>(i) + base);
        at_ = start + name.size();
        return true;
      }
    return false;
  }

  bool zone(std::size_t start) {
    const char c = text_[at_];
    if (c == '+' || c == '-') {
      ++at_;
      return offset(c == '-' ? -1 : 1, 0, false);
    }
    if (begins_with(text_.substr(start), "GMT")) {
      at_ = start + 3;
      const char sign = at_ < text_.size() ? text_[at_] : ' ';
      if (sign != '+' && sign != '-') {
        calendar_.set(Field::ZoneOffset, 0);
        return true;
      }
      ++at_;
      return offset(sign == '-' ? -1 : 1, 0, true);
    }
    std::size_t best = 0;
    for (const Zone &zone : kZones)
      if (zone.name.size() > best && begins_with(text_.substr(at_), zone.name)) {
        best = zone.name.size();
        if (zone.minutes != 0) // a zone's name leaves an offset alone that was read before
          calendar_.set(Field::ZoneOffset, zone.minutes * kMsPerMinute);
      }
    at_ += best;
    return best > 0;
  }

  bool iso_zone(std::uint32_t count) {
    const char c = text_[at_];
    ++at_;
    if (c == 'Z') {
      calendar_.set(Field::ZoneOffset, 0);
      return true;
    }
    return (c == '+' || c == '-') && offset(c == '-' ? -1 : 1, count, count == 3);
  }

  int digit() {
    const char c = at_ < text_.size() ? text_[at_] : ' ';
    if (c < '0' || c > '9')
      return -1;
    ++at_;
    return c - '0';
  }

  // `hh` where `count` is 1, else `hhmm` or `hh:mm`; after GMT, where `count` is 0, also `h:mm`.
  bool offset(std::int32_t sign, std::uint32_t count, bool colon) {
    int hours = digit();
    if (hours < 0)
      return false;
    const int second = digit();
    if (second >= 0)
      hours = hours * 10 + second;
    else if (count > 0 || !colon)
      return false;
    if (hours > 23)
      return false;
    int minutes = 0;
    if (count != 1) {
      if (colon) {
        if (at_ == text_.size() || text_[at_] != ':')
          return false;
        ++at_;
      }
      const int tens = digit();
      const int ones = tens < 0 ? -1 : digit();
      if (ones < 0 || tens > 5)
        return false;
      minutes = tens * 10 + ones;
    }
    calendar_.set(Field::ZoneOffset, sign * (hours * 60 + minutes) * kMsPerMinute);
    return true;
  }

  const DateFormat &format_;
  std::string_view text_;
  std::size_t at_ = 0;
  bool abuts_ = false; // the next field is a number that follows at once
  LenientCalendar calendar_;
  bool in_first_year_ = false;
};

std::optional<std::int64_t> DateFormat::parse(std::string_view text) const {
  return Reader(*this, text).read();
}

} // namespace host::transform
