#include "limn/eval/protocol.h"
