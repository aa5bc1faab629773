"""From a column of text to exact values, a whole column at once, each value with the reason why it can't be right."""
