import * as z from 'zod';
import type { Resource } from '../kernel/service.ts';
import type { Iam } from './iam.ts';

const functionRole = z.object({ Role: z.string() });
const stateMachineRole = z.object({ RoleArn: z.string() });
const ruleRoles = z.object({ Targets: z.array(z.object({ RoleArn: z.string().optional() })).default([]) });
const scheduleRole = z.object({ GroupName: z.string().default('default'), Target: z.object({ RoleArn: z.string() }) });

/**
 * Checks that every service may take the roles that the template gives it, as AWS does when the resource is made.
 *
 * @throws Error naming every resource whose role its service may not assume, or that is not there.
 */
export function checkRolesInUse(resources: readonly Resource[], iam: Iam): void {
  const problems = resources.flatMap((resource) => {
    const { principal, roleArns, sourceArn = resource.arn } = rolesInUse(resource);
    return roleArns
      .filter((roleArn) => !iam.mayAssume(roleArn, principal, sourceArn))
      .map((roleArn) => `${principal} may not assume ${roleArn}, the role of ${resource.stack}/${resource.logicalId}`);
  });
  if (problems.length > 0) throw new Error(`Roles that cannot be assumed: ${problems.join('; ')}.`);
}

interface RolesInUse {
  readonly principal: string;
  readonly roleArns: readonly string[];
  /** What `aws:SourceArn` says when the service assumes the role; the resource itself unless given. */
  readonly sourceArn?: string;
}

function rolesInUse({ type, properties, arn }: Resource): RolesInUse {
  switch (type) {
    case 'AWS::Lambda::Function':
      return { principal: 'lambda.amazonaws.com', roleArns: [functionRole.parse(properties).Role] };
    case 'AWS::StepFunctions::StateMachine':
      return { principal: 'states.amazonaws.com', roleArns: [stateMachineRole.parse(properties).RoleArn] };
    case 'AWS::Events::Rule': {
      const arns = ruleRoles.parse(properties).Targets.map(({ RoleArn }) => RoleArn);
      return { principal: 'events.amazonaws.com', roleArns: arns.filter((arn) => arn !== undefined) };
    }
    case 'AWS::Scheduler::Schedule': {
      // The scheduler assumes roles in the name of a schedule's group, not of the schedule.
      const { GroupName, Target } = scheduleRole.parse(properties);
      const sourceArn = `${arn.split(':').slice(0, 5).join(':')}:schedule-group/${GroupName}`;
      return { principal: 'scheduler.amazonaws.com', roleArns: [Target.RoleArn], sourceArn };
    }
    default:
      return { principal: '', roleArns: [] };
  }
}
