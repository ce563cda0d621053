/** `arn:aws:states:region:account:execution:machine:name` */
export function standardExecutionArn(machineArn: string, name: string): string {
  return `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** `arn:aws:states:region:account:express:machine:name:unique` */
export function expressExecutionArn(machineArn: string, name: string, unique: string): string {
  return `${machineArn.replace(':stateMachine:', ':express:')}:${name}:${unique}`;
}

export function isExpressArn(executionArn: string): boolean {
  return /^arn:aws:states:[^:]*:[^:]*:express:/u.test(executionArn);
}
