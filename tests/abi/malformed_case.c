// Which line of malformed.txt this plugin is.
extern const char malformed_case[];
const char malformed_case[] = CASE;
