#include "limn/eval/split_files.h"
