import { z } from 'zod';

/** A tool failure that the model should see as an observation; anything else that a tool throws is a fault. */
export class ToolError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ToolError';
  }
}

export interface ToolOutput {
  content: string;
  /** Milliseconds spent in the sandbox, if the tool ran code. */
  sandboxMs?: number;
}

/** A tool as the loop runs it. A `final` tool ends the chain when it accepts its arguments. */
export interface Tool {
  name: string;
  description: string;
  /** JSON schema of the arguments. */
  parameters: Record<string, unknown>;
  final: boolean;
  /** Throws ToolError for what the model should mend. */
  run(argumentsJson: string): Promise<ToolOutput>;
}

/** Parses a tool's arguments; throws ToolError that names each wrong field. */
export function parseArguments<Schema extends z.ZodType>(schema: Schema, argumentsJson: string): z.output<Schema> {
  let data: unknown;
  try {
    data = JSON.parse(argumentsJson === '' ? '{}' : argumentsJson);
  } catch {
    throw new ToolError('the arguments are not valid JSON');
  }
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const issues = result.error.issues
    .slice(0, 8)
    .map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`);
  throw new ToolError(issues.join('; '));
}

/** Defines a tool from a zod schema and a handler of its parsed arguments. */
export function defineTool<Schema extends z.ZodType>(definition: {
  name: string;
  description: string;
  schema: Schema;
  final?: boolean;
  run: (args: z.output<Schema>) => Promise<ToolOutput | string>;
}): Tool {
  const { $schema: _dialect, ...parameters } = z.toJSONSchema(definition.schema, { io: 'input' });
  return {
    name: definition.name,
    description: definition.description,
    parameters,
    final: definition.final ?? false,
    run: async (argumentsJson) => {
      const output = await definition.run(parseArguments(definition.schema, argumentsJson));
      return typeof output === 'string' ? { content: output } : output;
    },
  };
}
